package inngest

import (
	"encoding/json"
	"math/big"
	"strconv"
	"strings"
)

// The server rewrites the results of steps into canonical JSON before it sends them back: numbers become 64-bit floats,
// and a result that has no canonical form, for example because a member is there twice, breaks the run. A result that
// would not survive this is stored as a text, in an object with this one member.
const exactMember = "$json"

// storable returns the form in which a result, which is valid JSON, can be stored.
func storable(raw json.RawMessage) (json.RawMessage, error) {
	if survives(raw) && !isExact(raw) {
		return raw, nil
	}
	return json.Marshal(map[string]string{exactMember: string(raw)})
}

// restore returns the result that was stored.
func restore(stored json.RawMessage) json.RawMessage {
	if !isExact(stored) {
		return stored
	}
	var exact map[string]string
	if json.Unmarshal(stored, &exact) != nil || !json.Valid([]byte(exact[exactMember])) {
		return stored
	}
	return json.RawMessage(exact[exactMember])
}

// isExact reports whether raw looks like what storable makes.
func isExact(raw json.RawMessage) bool {
	const start = `{"` + exactMember + `"`
	return strings.HasPrefix(string(raw[:min(len(raw), len(start)+8)]), start)
}

// survives reports whether a valid JSON value means the same after the server has made it canonical.
func survives(raw json.RawMessage) bool {
	s := scanner{rest: raw}
	return s.value()
}

// scanner walks through valid JSON.
type scanner struct{ rest []byte }

func (s *scanner) space() {
	for len(s.rest) > 0 && (s.rest[0] == ' ' || s.rest[0] == '\n' || s.rest[0] == '\t' || s.rest[0] == '\r') {
		s.rest = s.rest[1:]
	}
}

// skip takes a single character, if it is next.
func (s *scanner) skip(c byte) bool {
	s.space()
	if len(s.rest) == 0 || s.rest[0] != c {
		return false
	}
	s.rest = s.rest[1:]
	return true
}

func (s *scanner) value() bool {
	s.space()
	if len(s.rest) == 0 {
		return false
	}
	switch s.rest[0] {
	case '{':
		return s.object()
	case '[':
		return s.array()
	case '"':
		return wellFormed(s.text())
	case 't', 'f', 'n':
		s.word()
		return true
	}
	return exactNumber(string(s.word()))
}

func (s *scanner) object() bool {
	s.skip('{')
	names := map[string]bool{}
	for !s.skip('}') {
		s.space()
		raw := s.text()
		var name string
		if !wellFormed(raw) || json.Unmarshal(raw, &name) != nil || names[name] || !s.skip(':') || !s.value() {
			return false
		}
		names[name] = true
		s.skip(',')
	}
	return true
}

func (s *scanner) array() bool {
	s.skip('[')
	for !s.skip(']') {
		if !s.value() {
			return false
		}
		s.skip(',')
	}
	return true
}

// text takes a string with its quotes, or nothing if none is next.
func (s *scanner) text() []byte {
	for i := 1; i < len(s.rest); i++ {
		switch s.rest[i] {
		case '\\':
			i++
		case '"':
			text := s.rest[:i+1]
			s.rest = s.rest[i+1:]
			return text
		}
	}
	text := s.rest
	s.rest = nil
	return text
}

// word takes what ends where a value ends.
func (s *scanner) word() []byte {
	i := strings.IndexAny(string(s.rest[:min(len(s.rest), 512)]), ",]} \n\t\r")
	if i < 0 {
		i = len(s.rest)
	}
	word := s.rest[:i]
	s.rest = s.rest[i:]
	return word
}

// wellFormed reports whether the escapes of a JSON string stand for characters: halves of surrogate pairs do not.
func wellFormed(text []byte) bool {
	for i := 0; i+5 < len(text); i++ {
		if text[i] != '\\' {
			continue
		}
		if text[i+1] != 'u' {
			i++
			continue
		}
		unit, _ := strconv.ParseUint(string(text[i+2:i+6]), 16, 16)
		i += 5
		if unit < 0xD800 || unit > 0xDFFF {
			continue
		}
		if unit > 0xDBFF || i+6 >= len(text) || text[i+1] != '\\' || text[i+2] != 'u' {
			return false
		}
		low, _ := strconv.ParseUint(string(text[i+3:i+7]), 16, 16)
		if low < 0xDC00 || low > 0xDFFF {
			return false
		}
		i += 6
	}
	return true
}

// exactNumber reports whether a JSON number has the value of the 64-bit float that it becomes, as that is written.
func exactNumber(number string) bool {
	if len(number) <= 15 && !strings.ContainsAny(number, "eE") {
		return true // a float holds any 15 digits
	}
	f, err := strconv.ParseFloat(number, 64)
	if err != nil || len(number) > 64 {
		return false
	}
	written, _, err := big.ParseFloat(strconv.FormatFloat(f, 'e', -1, 64), 10, 400, big.ToNearestEven)
	if err != nil {
		return false
	}
	given, _, err := big.ParseFloat(number, 10, 400, big.ToNearestEven)
	return err == nil && given.Cmp(written) == 0
}
