package jsonvalue

import (
	"errors"
	"fmt"
	"unicode/utf8"
)

// maxDepth is how deeply lists and objects may be nested, as in encoding/json.
const maxDepth = 10_000

var (
	errEnd   = errors.New("unexpected end of the JSON text")
	errDepth = fmt.Errorf("lists and objects are nested more than %d levels deep", maxDepth)
)

// scanner is a position in a JSON text.
type scanner struct {
	text  []byte
	pos   int
	depth int
	// spaced says that there was white space around a value.
	spaced bool
}

// unexpected is the fault of the byte at the scanner's position.
func (s *scanner) unexpected(want string) error {
	if s.pos >= len(s.text) {
		return errEnd
	}
	r, _ := utf8.DecodeRune(s.text[s.pos:])
	return fmt.Errorf("%q at byte %d where %s is expected", r, s.pos, want)
}

// space skips white space and returns the next byte, or 0 at the end. It is small enough to be inlined, since there is
// mostly nothing to skip.
func (s *scanner) space() byte {
	if s.pos < len(s.text) && s.text[s.pos] > ' ' {
		return s.text[s.pos]
	}
	return s.skipSpace()
}

func (s *scanner) skipSpace() byte {
	for s.pos < len(s.text) {
		switch c := s.text[s.pos]; c {
		case ' ', '\t', '\n', '\r':
			s.pos++
			s.spaced = true
		default:
			return c
		}
	}
	return 0
}

// end checks that nothing but white space follows.
func (s *scanner) end() error {
	if s.space(); s.pos < len(s.text) {
		return s.unexpected("the end")
	}
	return nil
}

// open enters a list or an object and reports whether it is empty.
func (s *scanner) open(closing byte) (empty bool, err error) {
	s.pos++
	if s.depth++; s.depth > maxDepth {
		return false, errDepth
	}
	if s.space() == closing {
		s.pos++
		s.depth--
		return true, nil
	}
	return false, nil
}

// next moves past the comma before another item, or past the end of the list or object.
func (s *scanner) next(closing byte) (more bool, err error) {
	switch c := s.space(); c {
	case ',':
		s.pos++
		s.space()
		return true, nil
	case closing:
		s.pos++
		s.depth--
		return false, nil
	}
	return false, s.unexpected(fmt.Sprintf("a comma or %q", closing))
}

// name reads the name of a member and the colon behind it.
func (s *scanner) name() (string, error) {
	name, err := s.nameBytes()
	return string(name), err
}

// nameBytes is [scanner.name] without a copy of a name that has no escapes.
func (s *scanner) nameBytes() ([]byte, error) {
	if s.space() != '"' {
		return nil, s.unexpected("a name in quotes")
	}
	name, plain, err := s.quoted()
	if err != nil {
		return nil, err
	}
	if !plain {
		name = []byte(unquote(name))
	}
	if s.space() != ':' {
		return nil, s.unexpected("a colon")
	}
	s.pos++
	s.space()
	return name, nil
}

// skip moves past a value.
func (s *scanner) skip() error {
	switch c := s.space(); {
	case c == '"':
		_, _, err := s.quoted()
		return err
	case c == '{':
		return s.skipAll('}', true)
	case c == '[':
		return s.skipAll(']', false)
	case c == '-' || '0' <= c && c <= '9':
		return s.number()
	case c == 't':
		return s.word("true")
	case c == 'f':
		return s.word("false")
	case c == 'n':
		return s.word("null")
	}
	return s.unexpected("a value")
}

func (s *scanner) skipAll(closing byte, named bool) error {
	empty, err := s.open(closing)
	if empty || err != nil {
		return err
	}
	for {
		if named {
			if s.space() != '"' {
				return s.unexpected("a name in quotes")
			}
			if _, _, err := s.quoted(); err != nil {
				return err
			}
			if s.space() != ':' {
				return s.unexpected("a colon")
			}
			s.pos++
		}
		if err := s.skip(); err != nil {
			return err
		}
		if more, err := s.next(closing); !more {
			return err
		}
	}
}

func (s *scanner) word(word string) error {
	for i := range len(word) {
		if s.pos >= len(s.text) || s.text[s.pos] != word[i] {
			return s.unexpected(word)
		}
		s.pos++
	}
	return nil
}

// number moves past a number.
func (s *scanner) number() error {
	if s.text[s.pos] == '-' {
		s.pos++
	}
	switch c := s.at(); {
	case c == '0':
		s.pos++
	case '1' <= c && c <= '9':
		s.digits()
	default:
		return s.unexpected("a digit")
	}
	if s.at() == '.' {
		s.pos++
		if !s.digits() {
			return s.unexpected("a digit")
		}
	}
	if c := s.at(); c == 'e' || c == 'E' {
		s.pos++
		if c := s.at(); c == '+' || c == '-' {
			s.pos++
		}
		if !s.digits() {
			return s.unexpected("a digit")
		}
	}
	return nil
}

// at returns the byte at the position, or 0 at the end.
func (s *scanner) at() byte {
	if s.pos < len(s.text) {
		return s.text[s.pos]
	}
	return 0
}

func (s *scanner) digits() bool {
	text, i := s.text, s.pos
	for i < len(text) && '0' <= text[i] && text[i] <= '9' {
		i++
	}
	found := i > s.pos
	s.pos = i
	return found
}
