package markdown

import (
	"html"
	"strings"
)

const punctuation = "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~"

// unescape resolves backslash escapes and character references as Markdown does outside of code.
func unescape(s string) string {
	if !strings.ContainsAny(s, `\&`) {
		return s
	}
	var b strings.Builder
	rest := 0
	for i := 0; i+1 < len(s); i++ {
		if s[i] != '\\' || strings.IndexByte(punctuation, s[i+1]) < 0 {
			continue
		}
		b.WriteString(html.UnescapeString(s[rest:i]))
		b.WriteByte(s[i+1])
		i++
		rest = i + 1
	}
	b.WriteString(html.UnescapeString(s[rest:]))
	return b.String()
}

// escape makes text safe as the text of a link.
func escape(s string) string {
	var b strings.Builder
	for i := range len(s) {
		if strings.IndexByte("\\`*_[]<>&!~|#", s[i]) >= 0 {
			b.WriteByte('\\')
		}
		b.WriteByte(s[i])
	}
	return b.String()
}
