package refs

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
	"unique"

	"github.com/theory/jsonpath"

	"github.com/workflowkit/workflowkit-go/workflowkit/internal/jsonvalue"
)

// Limits of a path. They bound the work that an untrusted workflow can cause: what a path finds, and the time that it
// takes, grow with the size of the data and no faster.
const (
	maxPathLength = 4096
	// maxSelectors is how many selectors the lists of a path, such as ['a','b'], may multiply to.
	maxSelectors = 64
)

// View is what paths look into. Its values are decoded JSON with numbers as json.Number. They are never modified.
type View interface {
	// Lookup returns a top-level member, such as "event" or "output". The member "state" is looked up by State.
	Lookup(name string) (any, bool)
	// State returns the output of an action.
	State(actionID string) (any, bool)
	// All returns all top-level members, "state" included, for paths that are not a plain list of members.
	All() map[string]any
	// Text returns the JSON text of what steps from a place lead to, if that is cheaper to look for than the value. A text of
	// length 0 means that there is nothing. The action is the number that the path was bound to, or -1.
	Text(from Place, action int, steps []Member) (text []byte, ok bool)
	// Order is the order of the members of the objects in the view. It may be nil.
	Order() *jsonvalue.Order
}

// Path is a parsed path, such as $.state.1.result. Once it is bound it is immutable and safe for concurrent use.
type Path struct {
	text    string
	members []Member
	// few is the memory for members, of which there are seldom more.
	few [3]Member
	// bound is the number of the action that the path looks into, and 1.
	bound int
	// place is where the path begins, and placed how many members say so.
	place  Place
	placed int8
	// query is set if the path is more than a list of members.
	query *jsonpath.Path
	// wild says that the query walks objects, which have no order.
	wild bool
	// absolute are the places that filters look at from the root.
	absolute []*Path
}

// Member is one step of a plain path: a name, or an index into an array. A name of digits, such as .1, may be either; a
// step that was written [1] never names an object's member.
type Member = jsonvalue.Step

// Place is a part of a view where paths begin.
type Place int8

// The places where most paths begin.
const (
	// Elsewhere is any other place.
	Elsewhere Place = iota
	// OfAction is the output of the action that a path names.
	OfAction
	// OfEvent is the data of the event.
	OfEvent
	// OfSource is the output of the action that an edge leaves, and OfResult is what is called its result.
	OfSource
	OfResult
)

// find finds out where the path begins.
func (p *Path) find() {
	switch p.Root() {
	case "state":
		if _, named := p.Action(); named {
			p.place, p.placed = OfAction, 2
		}
	case "event":
		if len(p.members) > 1 && p.members[1].Name == "data" {
			p.place, p.placed = OfEvent, 2
		}
	case "output":
		p.place, p.placed = OfSource, 1
	case "result":
		p.place = OfResult
	}
}

// ParsePath parses a path: RFC 9535, and beyond it names that start with a digit or hold hyphens after a dot, because
// stored workflows have them.
func ParsePath(text string) (*Path, error) {
	text = strings.TrimSpace(text)
	if len(text) > maxPathLength {
		return nil, fmt.Errorf("path is longer than %d bytes", maxPathLength)
	}
	if !strings.HasPrefix(text, "$") {
		return nil, errors.New("path must start with $")
	}
	p := &pathParser{rest: text[1:]}
	for p.rest != "" {
		if err := p.segment(); err != nil {
			return nil, fmt.Errorf("at %q: %w", p.rest, err)
		}
	}
	path := &Path{text: text}
	if p.plain() {
		path.members = append(path.few[:0], p.members...)
		path.find()
		return path, nil
	}
	if err := p.cost.check(); err != nil {
		return nil, err
	}
	query, err := parseQuery(p.normal.String())
	if err != nil {
		return nil, err
	}
	path.query, path.wild, path.absolute = query, p.cost.wild, p.cost.roots
	path.members = p.members[:p.prefix()]
	return path, nil
}

// String returns the path as it was written.
func (p *Path) String() string { return p.text }

// Bind tells the path the number of the action that it names, so that it need not be looked for each time.
func (p *Path) Bind(action int) { p.bound = action + 1 }

// Members returns the plain steps that the path begins with, and whether they are the whole path.
func (p *Path) Members() ([]Member, bool) { return p.members, p.query == nil }

// Root returns the name of the top-level member that the path looks into, or "" if it does not start with a name.
func (p *Path) Root() string {
	if len(p.members) == 0 || p.members[0].OnlyIndex {
		return ""
	}
	return p.members[0].Name
}

// Action returns the id of the action whose output the path looks into, if it names one.
func (p *Path) Action() (string, bool) {
	if p.Root() != "state" || len(p.members) < 2 || p.members[1].OnlyIndex {
		return "", false
	}
	return p.members[1].Name, true
}

// Select returns what the path finds: nothing, one value, or several as an array.
func (p *Path) Select(view View) (any, bool) {
	if p.query != nil {
		return p.selectQuery(view)
	}
	members := p.members
	if len(members) == 0 {
		return view.All(), true
	}
	if members[0].OnlyIndex {
		return nil, false
	}
	var (
		value any
		ok    bool
	)
	if id, named := p.Action(); named {
		value, ok = view.State(id)
		members = members[2:]
	} else if members[0].Name == "state" {
		value, ok = view.All()["state"]
		members = members[1:]
	} else {
		value, ok = view.Lookup(members[0].Name)
		members = members[1:]
	}
	for _, m := range members {
		if !ok {
			return nil, false
		}
		value, ok = into(value, m)
	}
	return value, ok
}

// Scalar returns what the path finds as JSON text if that is at hand and neither a list, nor an object, nor a text with
// escapes. Nothing is null.
func (p *Path) Scalar(view View) (text []byte, ok bool) {
	if p.place == Elsewhere {
		return nil, false
	}
	text, ok = view.Text(p.place, p.bound-1, p.members[p.placed:])
	switch {
	case !ok:
		return nil, false
	case len(text) == 0:
		return null, true
	case text[0] == '{' || text[0] == '[' || text[0] == '"' && bytes.IndexByte(text, '\\') >= 0:
		return nil, false
	}
	return text, true
}

var null = []byte("null")

func (p *Path) selectQuery(view View) (any, bool) {
	found := p.query.SelectLocated(view.All())
	switch len(found) {
	case 0:
		return nil, false
	case 1:
		return found[0].Node, true
	}
	if p.wild {
		// Objects are walked in no particular order, so sort by location: the same state must give the same value.
		found.Sort()
	}
	values := make([]any, len(found))
	for i, node := range found {
		values[i] = node.Node
	}
	return values, true
}

func into(value any, m Member) (any, bool) {
	switch v := value.(type) {
	case map[string]any:
		if m.OnlyIndex {
			return nil, false
		}
		member, ok := v[m.Name]
		return member, ok
	case []any:
		if !m.IsIndex {
			return nil, false
		}
		i := m.Index
		if i < 0 {
			i += len(v)
		}
		if i < 0 || i >= len(v) {
			return nil, false
		}
		return v[i], true
	default:
		return nil, false
	}
}

// pathParser reads a path segment by segment. It collects plain members as long as there are only those, and writes a
// form that RFC 9535 accepts for all others.
type pathParser struct {
	rest        string
	normal      strings.Builder
	members     []Member
	queries     bool
	cost        cost
	plainPrefix int
}

func (p *pathParser) plain() bool { return !p.queries }

func (p *pathParser) prefix() int { return p.plainPrefix }

// query notes that the path is more than a list of members, and writes those that it begins with.
func (p *pathParser) query() {
	if p.queries {
		return
	}
	p.queries = true
	p.plainPrefix = len(p.members)
	p.normal.WriteByte('$')
	for _, m := range p.members {
		if m.OnlyIndex {
			p.normal.WriteString("[" + m.Name + "]")
		} else {
			p.writeName(m.Name)
		}
	}
}

// writeName writes a name in the form of RFC 9535.
func (p *pathParser) writeName(name string) {
	p.normal.WriteByte('[')
	p.normal.Write(jsonvalue.AppendString(nil, name))
	p.normal.WriteByte(']')
}

func (p *pathParser) segment() error {
	switch {
	case strings.HasPrefix(p.rest, ".."):
		p.rest = p.rest[2:]
		p.query()
		p.cost.descend()
		p.normal.WriteString("..")
		if strings.HasPrefix(p.rest, "[") {
			return p.bracket()
		}
		return p.dotName(true)
	case strings.HasPrefix(p.rest, "."):
		p.rest = p.rest[1:]
		return p.dotName(false)
	case strings.HasPrefix(p.rest, "["):
		return p.bracket()
	default:
		return errors.New("expected . or [")
	}
}

// dotName reads the name after a dot, or a star.
func (p *pathParser) dotName(descendant bool) error {
	if strings.HasPrefix(p.rest, "*") {
		p.rest = p.rest[1:]
		p.query()
		p.cost.wild = true
		p.normal.WriteString("[*]")
		return nil
	}
	n := 0
	for n < len(p.rest) {
		r, size := utf8.DecodeRuneInString(p.rest[n:])
		if !nameRune(r) {
			break
		}
		n += size
	}
	if n == 0 {
		return errors.New("expected a name after the dot")
	}
	name := p.rest[:n]
	p.rest = p.rest[n:]
	if !utf8.ValidString(name) {
		return errors.New("name is not valid UTF-8")
	}
	if p.queries {
		p.writeName(name)
	}
	m := Member{Name: name}
	if i, err := strconv.Atoi(name); err == nil && strconv.Itoa(i) == name && i >= 0 {
		m.Index, m.IsIndex = i, true
	}
	if !descendant {
		p.members = append(p.members, m)
	}
	return nil
}

// bracket reads a bracketed segment: a quoted name, an index, or anything else that JSONPath knows.
func (p *pathParser) bracket() error {
	end, err := closing(p.rest, '[', ']')
	if err != nil {
		return err
	}
	text, inner := p.rest[:end+1], strings.TrimSpace(p.rest[1:end])
	p.rest = p.rest[end+1:]
	name, isName := unquoteName(inner)
	i, err := strconv.Atoi(inner)
	isIndex := err == nil && strconv.Itoa(i) == inner
	if !isName && !isIndex {
		p.query()
	}
	if p.queries {
		p.normal.WriteString(text)
	}
	switch {
	case isName:
		p.members = append(p.members, Member{Name: unique.Make(name).Value()})
		return nil
	case isIndex:
		p.members = append(p.members, Member{Name: inner, Index: i, IsIndex: true, OnlyIndex: true})
		return nil
	}
	p.cost.bracket(inner)
	return nil
}

func nameRune(r rune) bool {
	return r == '_' || r == '-' || r == '$' || unicode.IsLetter(r) || unicode.IsDigit(r)
}

// closing returns the offset of the bracket that closes the one which text begins with, past quoted strings.
func closing(text string, open, shut byte) (int, error) {
	depth := 0
	for i := 0; i < len(text); i++ {
		switch c := text[i]; c {
		case '\'', '"':
			j := i + 1
			for j < len(text) && text[j] != c {
				if text[j] == '\\' {
					j++
				}
				j++
			}
			if j >= len(text) {
				return 0, fmt.Errorf("quote %c is not closed", c)
			}
			i = j
		case open:
			depth++
		case shut:
			if depth--; depth == 0 {
				return i, nil
			}
		}
	}
	return 0, fmt.Errorf("%c is not closed", open)
}

// unquoteName reads a name in single or double quotes. It returns false for anything else, a list of names included.
func unquoteName(s string) (string, bool) {
	if len(s) < 2 || s[0] != '\'' && s[0] != '"' {
		return "", false
	}
	// Write the name as a JSON string, which differs only in the quote that needs a backslash.
	quote := s[0]
	body := []byte{'"'}
	for i := 1; i < len(s); i++ {
		switch c := s[i]; {
		case c == quote:
			if i != len(s)-1 {
				return "", false
			}
			var name string
			if json.Unmarshal(append(body, '"'), &name) != nil {
				return "", false
			}
			return name, true
		case c == '\\' && i+1 < len(s):
			i++
			if s[i] != '\'' {
				body = append(body, '\\')
			}
			body = append(body, s[i])
		case c == '"':
			body = append(body, '\\', '"')
		default:
			body = append(body, c)
		}
	}
	return "", false
}
