package actions

import (
	"strings"
	"unicode/utf8"
)

// clip returns s as one line of at most limit runes, for messages.
func clip(s string, limit int) string {
	s = strings.Join(strings.Fields(strings.ToValidUTF8(s, "\uFFFD")), " ")
	if utf8.RuneCountInString(s) <= limit {
		return s
	}
	runes := []rune(s)
	return string(runes[:limit-1]) + "…"
}
