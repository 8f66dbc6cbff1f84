package jsonvalue

import "errors"

// ErrKind is returned by [Members] and [Items] for valid JSON of another type.
var ErrKind = errors.New("JSON value of another type")

// Members calls f with the name and the text of each member of a JSON object, in order. It validates the whole text
// before it returns, but calls f on the way. The name is valid during the call only.
func Members(text []byte, f func(name, value []byte)) error {
	s := scanner{text: text}
	if s.space() != '{' {
		return s.other()
	}
	empty, err := s.open('}')
	if err != nil {
		return err
	}
	for more := !empty; more; {
		name, err := s.nameBytes()
		if err != nil {
			return err
		}
		start := s.pos
		if err := s.skip(); err != nil {
			return err
		}
		f(name, s.text[start:s.pos:s.pos])
		if more, err = s.next('}'); err != nil {
			return err
		}
	}
	return s.end()
}

// Items calls f with the text of each item of a JSON list, in order, as [Members] does.
func Items(text []byte, f func(value []byte)) error {
	s := scanner{text: text}
	if s.space() != '[' {
		return s.other()
	}
	empty, err := s.open(']')
	if err != nil {
		return err
	}
	for more := !empty; more; {
		start := s.pos
		if err := s.skip(); err != nil {
			return err
		}
		f(s.text[start:s.pos:s.pos])
		if more, err = s.next(']'); err != nil {
			return err
		}
	}
	return s.end()
}

// other is the outcome for a value that is not of the type that was asked for.
func (s *scanner) other() error {
	if err := s.skip(); err != nil {
		return err
	}
	if err := s.end(); err != nil {
		return err
	}
	return ErrKind
}

// IsCompact reports whether a text is valid JSON without white space around its values.
func IsCompact(text []byte) bool {
	s := scanner{text: text}
	return s.skip() == nil && s.pos == len(text) && !s.spaced
}
