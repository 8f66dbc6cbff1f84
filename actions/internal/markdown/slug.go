package markdown

import (
	"strconv"
	"strings"
	"unicode"
)

// slugs gives headings their anchors as GitHub does: lower case, spaces as hyphens, no punctuation, and a number after
// an anchor that is taken. The zero value is ready to use.
type slugs struct{ taken map[string]int }

// next returns the anchor of the next heading of the text.
func (s *slugs) next(heading string) string {
	if s.taken == nil {
		s.taken = make(map[string]int)
	}
	base := slugOf(heading)
	slug := base
	for {
		if _, ok := s.taken[slug]; !ok {
			break
		}
		s.taken[base]++
		slug = base + "-" + strconv.Itoa(s.taken[base])
	}
	s.taken[slug] = 0
	return slug
}

func slugOf(heading string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == ' ':
			return '-'
		case r == '-' || r == '_' || unicode.IsLetter(r) || unicode.IsMark(r) || unicode.IsNumber(r):
			return unicode.ToLower(r)
		default:
			return -1
		}
	}, strings.TrimSpace(heading))
}
