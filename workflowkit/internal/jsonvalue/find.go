package jsonvalue

// Step is a step into a JSON value: the name of a member, or the index of an item if IsIndex is set and the value is a
// list. A negative index counts from the end.
type Step struct {
	Name    string
	Index   int
	IsIndex bool
	// OnlyIndex says that the step does not name a member.
	OnlyIndex bool
}

// Find returns the text of the value that the steps lead to, and whether there is one. The text must be valid and
// compact JSON, or Find may find nothing.
func Find(text []byte, steps []Step) ([]byte, bool) {
	for _, step := range steps {
		s := scanner{text: text}
		var found []byte
		switch s.space() {
		case '{':
			if step.OnlyIndex {
				return nil, false
			}
			found = s.findMember(step.Name)
		case '[':
			if !step.IsIndex {
				return nil, false
			}
			found = s.findItem(step.Index)
		}
		if found == nil {
			return nil, false
		}
		text = found
	}
	return text, true
}

// findMember returns the last member with a name.
func (s *scanner) findMember(name string) []byte {
	empty, err := s.open('}')
	if empty || err != nil || s.space() != '"' {
		return nil
	}
	var found []byte
	for {
		inner, plain, err := s.quoted()
		if err != nil || s.space() != ':' {
			return nil
		}
		s.pos++
		s.space()
		start := s.pos
		if s.skip() != nil {
			return nil
		}
		if plain && string(inner) == name || !plain && unquote(inner) == name {
			found = s.text[start:s.pos:s.pos]
		}
		if s.at() == ',' && s.pos+1 < len(s.text) && s.text[s.pos+1] == '"' {
			s.pos++
			continue
		}
		if more, err := s.next('}'); !more || s.at() != '"' {
			if err != nil || more {
				return nil
			}
			return found
		}
	}
}

func (s *scanner) findItem(index int) []byte {
	if index < 0 {
		count := 0
		counter := *s
		if counter.each(func([]byte) bool { count++; return true }) != nil {
			return nil
		}
		if index += count; index < 0 {
			return nil
		}
	}
	var found []byte
	i := 0
	err := s.each(func(item []byte) bool {
		if i == index {
			found = item
		}
		i++
		return found == nil
	})
	if err != nil {
		return nil
	}
	return found
}

// each calls f with the items of the list at the position until it returns false.
func (s *scanner) each(f func(item []byte) bool) error {
	empty, err := s.open(']')
	for more := !empty; more && err == nil; {
		start := s.pos
		if err = s.skip(); err != nil {
			break
		}
		if !f(s.text[start:s.pos:s.pos]) {
			break
		}
		more, err = s.next(']')
	}
	return err
}

// AppendQuoted writes a text as the inside of a JSON string at the end of dst.
func AppendQuoted(dst []byte, text string) []byte {
	start := len(dst)
	dst = appendString(dst, text)
	copy(dst[start:], dst[start+1:len(dst)-1])
	return dst[:len(dst)-2]
}
