package markdown

import "strings"

const (
	// maxLength is the longest text that is edited, in bytes.
	maxLength = 1 << 20
	// maxEffort bounds what parsing a text costs, which grows with the square of the markup in one paragraph. What
	// people write is far below, about a second of work is at the bound.
	maxEffort = 400 << 20
)

// TooMuch reports whether a text is too long to be edited, or is made to be slow to parse.
func TooMuch(doc string) bool {
	if len(doc) > maxLength {
		return true
	}
	effort, length, markup := 0, 0, 0
	for line := range strings.Lines(doc) {
		// A blank line, an item of a list and a heading end a paragraph for certain.
		text := strings.TrimLeft(line, " \t>")
		if strings.TrimSpace(text) == "" || strings.HasPrefix(text, "- ") || strings.HasPrefix(text, "* ") || strings.HasPrefix(text, "# ") {
			effort += length * markup
			length, markup = 0, 0
		}
		length += len(line)
		for i := range len(line) {
			switch line[i] {
			case '[', '*', '_', '<', '`', '~', '&', ':', '@':
				markup++
			}
		}
		if effort+length*markup > maxEffort {
			return true
		}
	}
	return false
}
