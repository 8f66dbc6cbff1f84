package jsonvalue

import (
	"errors"
	"strconv"
	"unicode/utf16"
	"unicode/utf8"
)

// quoted moves past a string and returns what stands between its quotes, and whether that is the string as it is:
// without escapes and bytes beyond ASCII.
func (s *scanner) quoted() (inner []byte, plain bool, err error) {
	s.pos++
	start := s.pos
	plain = true
	for {
		s.pos = skipPlain(s.text, s.pos)
		if s.pos >= len(s.text) {
			return nil, false, errEnd
		}
		switch c := s.text[s.pos]; {
		case c == '"':
			inner = s.text[start:s.pos]
			s.pos++
			return inner, plain, nil
		case c == '\\':
			plain = false
			if err := s.escape(); err != nil {
				return nil, false, err
			}
		case c < ' ':
			return nil, false, s.unexpected("an escaped control character")
		default:
			plain = false
			s.pos++
		}
	}
}

// skipPlain returns the position of the next byte that does not stand for itself in a string: a quote, a backslash, a
// control character, or one beyond ASCII. Most of all JSON is skipped here, so the loop keeps what it needs in registers.
func skipPlain(text []byte, i int) int {
	for i < len(text) && text[i] >= ' ' && text[i] < utf8.RuneSelf && text[i] != '"' && text[i] != '\\' {
		i++
	}
	return i
}

// escape moves past an escape.
func (s *scanner) escape() error {
	s.pos++
	switch s.at() {
	case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
		s.pos++
		return nil
	case 'u':
		s.pos++
		for range 4 {
			c := s.at()
			if !('0' <= c && c <= '9' || 'a' <= c && c <= 'f' || 'A' <= c && c <= 'F') {
				return s.unexpected("a hexadecimal digit")
			}
			s.pos++
		}
		return nil
	}
	return s.unexpected("an escape")
}

// string reads a string.
func (s *scanner) string() (string, error) {
	inner, plain, err := s.quoted()
	if err != nil {
		return "", err
	}
	if plain {
		return string(inner), nil
	}
	return unquote(inner), nil
}

// unquote decodes what stands between the quotes of a valid string.
func unquote(inner []byte) string {
	out := make([]byte, 0, len(inner))
	for i := 0; i < len(inner); {
		c := inner[i]
		switch {
		case c == '\\' && inner[i+1] == 'u':
			r := hex(inner[i+2 : i+6])
			i += 6
			if utf16.IsSurrogate(r) {
				low := rune(-1)
				if i+6 <= len(inner) && inner[i] == '\\' && inner[i+1] == 'u' {
					low = hex(inner[i+2 : i+6])
				}
				if r = utf16.DecodeRune(r, low); r != utf8.RuneError {
					i += 6
				}
			}
			out = utf8.AppendRune(out, r)
		case c == '\\':
			out = append(out, unescaped(inner[i+1]))
			i += 2
		case c < utf8.RuneSelf:
			out = append(out, c)
			i++
		default:
			r, size := utf8.DecodeRune(inner[i:])
			out = utf8.AppendRune(out, r)
			i += size
		}
	}
	return string(out)
}

func unescaped(c byte) byte {
	switch c {
	case 'b':
		return '\b'
	case 'f':
		return '\f'
	case 'n':
		return '\n'
	case 'r':
		return '\r'
	case 't':
		return '\t'
	default:
		return c
	}
}

func hex(digits []byte) rune {
	n, err := strconv.ParseUint(string(digits), 16, 32)
	if err != nil {
		return utf8.RuneError // unreachable: the scanner has seen the digits
	}
	return rune(n)
}

// appendString writes a string as JSON.stringify does.
func appendString(dst []byte, text string) []byte {
	const digits = "0123456789abcdef"
	dst = append(dst, '"')
	start := 0
	for i := 0; i < len(text); {
		c := text[i]
		if c >= utf8.RuneSelf {
			r, size := utf8.DecodeRuneInString(text[i:])
			if r == utf8.RuneError && size == 1 {
				dst = append(append(dst, text[start:i]...), "\uFFFD"...)
				start = i + 1
			}
			i += size
			continue
		}
		if c >= ' ' && c != '"' && c != '\\' {
			i++
			continue
		}
		dst = append(dst, text[start:i]...)
		switch c {
		case '"', '\\':
			dst = append(dst, '\\', c)
		case '\b':
			dst = append(dst, `\b`...)
		case '\f':
			dst = append(dst, `\f`...)
		case '\n':
			dst = append(dst, `\n`...)
		case '\r':
			dst = append(dst, `\r`...)
		case '\t':
			dst = append(dst, `\t`...)
		default:
			dst = append(dst, '\\', 'u', '0', '0', digits[c>>4], digits[c&15])
		}
		i++
		start = i
	}
	dst = append(dst, text[start:]...)
	return append(dst, '"')
}

// ErrTooLong is returned by [Append] for a text beyond the given limit.
var ErrTooLong = errors.New("JSON text is too long")

// Text decodes the JSON text of a string, and reports whether it is one.
func Text(text []byte) (string, bool) {
	if len(text) == 0 || text[0] != '"' {
		return "", false
	}
	s := scanner{text: text}
	out, err := s.string()
	return out, err == nil && s.pos == len(text)
}
