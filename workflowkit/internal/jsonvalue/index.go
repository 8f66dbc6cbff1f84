package jsonvalue

// Index finds values in JSON texts as [Find] does, and remembers where the members of the last object are: what refers to
// one of them mostly refers to another one, too. The zero value is ready to use. It is not safe for concurrent use.
type Index struct {
	text    []byte
	count   int
	members [maxIndexed]struct{ name, value span }
}

type span struct{ start, end int32 }

// maxIndexed is how many members are remembered. Objects that have more are searched each time.
const maxIndexed = 8

// Find is [Find]. The text must not change as long as the index is used.
func (x *Index) Find(text []byte, steps []Step) ([]byte, bool) {
	if len(steps) == 0 || steps[0].OnlyIndex || !x.read(text) {
		return Find(text, steps)
	}
	name := steps[0].Name
	for i := x.count - 1; i >= 0; i-- {
		m := &x.members[i]
		if string(text[m.name.start:m.name.end]) == name {
			found := text[m.value.start:m.value.end:m.value.end]
			if len(steps) == 1 {
				return found, true
			}
			return Find(found, steps[1:])
		}
	}
	return nil, false
}

// read reads the members of an object, and reports false if they cannot be remembered.
func (x *Index) read(text []byte) bool {
	if len(text) == 0 || text[0] != '{' || len(text) > 1<<30 {
		return false
	}
	if len(x.text) == len(text) && &x.text[0] == &text[0] {
		return x.count >= 0
	}
	x.text, x.count = text, -1
	s := scanner{text: text}
	empty, err := s.open('}')
	count := 0
	for more := !empty; more; count++ {
		if err != nil || count == maxIndexed || s.at() != '"' {
			return false
		}
		name, plain, nameErr := s.quoted()
		if nameErr != nil || !plain || s.at() != ':' {
			return false
		}
		end := s.pos - 1
		s.pos++
		s.space()
		start := s.pos
		if s.skip() != nil {
			return false
		}
		x.members[count].name = span{int32(end - len(name)), int32(end)} //nolint:gosec // the text is short enough
		x.members[count].value = span{int32(start), int32(s.pos)}        //nolint:gosec // the text is short enough
		more, err = s.next('}')
	}
	if err != nil {
		return false
	}
	x.count = count
	return true
}
