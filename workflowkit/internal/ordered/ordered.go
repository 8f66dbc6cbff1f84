// Package ordered reads and writes JSON objects without losing the order of their members, members that the reader
// does not know, or the difference between a member that is absent, null and empty.
package ordered

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/workflowkit/workflowkit-go/workflowkit/internal/jsonvalue"
)

// Member is one name with its value in a JSON object.
type Member struct {
	// Name is the member's name, decoded.
	Name string
	// Value is the member's value as it was written.
	Value json.RawMessage
}

// Object holds the members of a JSON object in the order in which they were written. Where a name is repeated the last
// value counts, as in JavaScript.
type Object []Member

// ErrNotObject is returned by [Parse] for valid JSON that is not an object.
var ErrNotObject = errors.New("not a JSON object")

// Parse reads a JSON object, in time proportional to its length. It returns [ErrNotObject] for other JSON values and a
// syntax error for anything else. The values of the members share memory with data.
func Parse(data []byte) (Object, error) {
	object := Object{}
	var index map[string]int
	err := jsonvalue.Members(data, func(name, value []byte) {
		// Objects with few members are searched. Larger ones, which a stranger may have made, get an index.
		const few = 8
		if index == nil && len(object) > few {
			index = make(map[string]int, 2*len(object))
			for i := range object {
				index[object[i].Name] = i
			}
		}
		if index == nil {
			object = object.Set(string(name), value)
			return
		}
		if i, ok := index[string(name)]; ok {
			object[i].Value = value
			return
		}
		index[string(name)] = len(object)
		object = append(object, Member{Name: string(name), Value: value})
	})
	if errors.Is(err, jsonvalue.ErrKind) {
		return nil, ErrNotObject
	}
	if err != nil {
		return nil, err
	}
	return object, nil
}

// Get returns the value of a member and whether there is one.
func (o Object) Get(name string) (json.RawMessage, bool) {
	for i := range o {
		if o[i].Name == name {
			return o[i].Value, true
		}
	}
	return nil, false
}

// Set returns the object with the member's value replaced, or with the member added at the end.
func (o Object) Set(name string, value json.RawMessage) Object {
	for i := range o {
		if o[i].Name == name {
			o[i].Value = value
			return o
		}
	}
	return append(o, Member{Name: name, Value: value})
}

// Delete returns the object without the member.
func (o Object) Delete(name string) Object {
	for i := range o {
		if o[i].Name == name {
			return append(o[:i:i], o[i+1:]...)
		}
	}
	return o
}

// Clone returns a copy that shares values but no members with o.
func (o Object) Clone() Object { return append(Object(nil), o...) }

// MarshalJSON implements json.Marshaler.
func (o Object) MarshalJSON() ([]byte, error) {
	var b bytes.Buffer
	b.WriteByte('{')
	for i, m := range o {
		if i > 0 {
			b.WriteByte(',')
		}
		name, err := json.Marshal(m.Name)
		if err != nil {
			return nil, fmt.Errorf("marshal name %q: %w", m.Name, err)
		}
		b.Write(name)
		b.WriteByte(':')
		if len(m.Value) == 0 {
			b.WriteString("null")
			continue
		}
		b.Write(m.Value)
	}
	b.WriteByte('}')
	return b.Bytes(), nil
}
