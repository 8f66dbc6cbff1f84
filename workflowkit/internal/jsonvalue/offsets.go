package jsonvalue

import (
	"strconv"
	"strings"
)

// Offsets returns where the values that JSON pointers (RFC 6901) name begin in a JSON text. The offset of a value that
// is not there is the end of the nearest value around it. The text is read once, however many pointers there are; from
// an invalid text on, nothing is found.
func Offsets(text []byte, pointers []string) map[string]int {
	root := &place{}
	for _, pointer := range pointers {
		root.add(pointer)
	}
	out := make(map[string]int, len(pointers))
	s := scanner{text: text}
	s.space()
	if s.locate(root, out) != nil {
		s.pos = len(text)
	}
	root.missing(len(text), out)
	return out
}

// place is a node in the tree of the pointers that are looked for.
type place struct {
	pointers []string
	children map[string]*place
	found    bool
}

func (p *place) add(pointer string) {
	at := p
	if pointer != "" {
		for _, token := range strings.Split(pointer[1:], "/") {
			token = strings.ReplaceAll(strings.ReplaceAll(token, "~1", "/"), "~0", "~")
			next := at.children[token]
			if next == nil {
				if at.children == nil {
					at.children = map[string]*place{}
				}
				next = &place{}
				at.children[token] = next
			}
			at = next
		}
	}
	at.pointers = append(at.pointers, pointer)
}

// locate notes the places in the value at the scanner's position.
func (s *scanner) locate(p *place, out map[string]int) error {
	p.found = true
	for _, pointer := range p.pointers {
		out[pointer] = s.pos
	}
	c := s.at()
	if len(p.children) == 0 || c != '{' && c != '[' {
		err := s.skip()
		p.missingBelow(s.pos, out)
		return err
	}
	closing := byte(']')
	if c == '{' {
		closing = '}'
	}
	empty, err := s.open(closing)
	for i := 0; !empty && err == nil; i++ {
		name := strconv.Itoa(i)
		if c == '{' {
			if name, err = s.name(); err != nil {
				break
			}
		}
		if child := p.children[name]; child != nil {
			err = s.locate(child, out)
		} else {
			err = s.skip()
		}
		if err != nil {
			break
		}
		var more bool
		if more, err = s.next(closing); !more {
			break
		}
	}
	p.missingBelow(s.pos-1, out)
	return err
}

func (p *place) missing(offset int, out map[string]int) {
	if !p.found {
		for _, pointer := range p.pointers {
			out[pointer] = offset
		}
		p.found = true
	}
	p.missingBelow(offset, out)
}

func (p *place) missingBelow(offset int, out map[string]int) {
	for _, child := range p.children {
		if !child.found {
			child.missing(offset, out)
		}
	}
}
