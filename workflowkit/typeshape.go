package workflowkit

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/workflowkit/workflowkit-go/workflowkit/internal/refs"
)

// typeSet is a set of JSON types. Empty means that nothing is known.
type typeSet uint8

const (
	typeNull typeSet = 1 << iota
	typeBoolean
	typeInteger
	typeNumber
	typeString
	typeArray
	typeObject
)

var typeNames = []string{"null", "boolean", "integer", "number", "string", "array", "object"}

func typeNamed(name string) typeSet {
	for i, n := range typeNames {
		if n == name {
			return 1 << i
		}
	}
	return 0
}

// String lists the types.
func (t typeSet) String() string {
	var names []string
	for i, name := range typeNames {
		if t&(1<<i) != 0 {
			names = append(names, name)
		}
	}
	return strings.Join(names, " or ")
}

// typeShape is what a schema says about the type of a value and its parts. A nil shape says nothing.
type typeShape struct {
	types      typeSet
	properties map[string]*typeShape
	// closed says that there are no other properties than these.
	closed bool
	items  *typeShape
}

// String names the types of the shape.
func (s *typeShape) String() string {
	if s == nil || s.types == 0 {
		return "any value"
	}
	return "type " + s.types.String()
}

// allows reports whether a value can have one of the types, as far as the shape says.
func (s *typeShape) allows(types typeSet) bool {
	if s == nil || s.types == 0 || types == 0 {
		return true
	}
	const numbers = typeInteger | typeNumber
	return s.types&types != 0 || s.types&numbers != 0 && types&numbers != 0
}

func (s *typeShape) itemShape() *typeShape {
	if s == nil {
		return nil
	}
	return s.items
}

// property returns the shape of a property, or nil if there cannot be one. It returns false if the shape does not say.
func (s *typeShape) property(name string) (*typeShape, bool) {
	if s == nil {
		return nil, false
	}
	if p, ok := s.properties[name]; ok {
		return p, true
	}
	return nil, s.closed
}

// member returns the shape of what a step of a path leads to, and why there is nothing, if that is so.
func (s *typeShape) member(m refs.Member) (next *typeShape, fault string) {
	switch {
	case s == nil || s.types == 0 && !s.closed:
		if s != nil {
			next, _ = s.property(m.Name)
		}
		return next, ""
	case s.types&^(typeObject|typeArray) == s.types && s.types != 0:
		return nil, fmt.Sprintf("is of type %s and has no parts", s.types)
	case s.types&typeArray != 0 && m.IsIndex:
		return s.items, ""
	case s.types == typeArray:
		return nil, fmt.Sprintf("is a list and has no property %q", m.Name)
	}
	next, known := s.property(m.Name)
	if next == nil && known && s.types&typeArray == 0 {
		return nil, fmt.Sprintf("has no property %q", m.Name)
	}
	return next, ""
}

// hint helps with a property that does not exist.
func (s *typeShape) hint(name string) string {
	names := sortedNames(s.properties)
	if near := nearest(name, names); near != "" {
		return fmt.Sprintf("did you mean %q?", near)
	}
	if len(names) == 0 || len(names) > 20 {
		return ""
	}
	return fmt.Sprintf("it has %q", names)
}

// outputShapeOf reads the outputs of a spec: a JSON Schema, or a description for each property.
func outputShapeOf(raw json.RawMessage) *typeShape {
	var members map[string]json.RawMessage
	if json.Unmarshal(raw, &members) != nil {
		return nil
	}
	if !isRecord(members) {
		return shapeOf(raw)
	}
	s := &typeShape{types: typeObject, properties: map[string]*typeShape{}, closed: true}
	for name, member := range members {
		var described struct {
			Type json.RawMessage `json:"type"`
		}
		if json.Unmarshal(member, &described) == nil {
			s.properties[name] = shapeOf(described.Type).orAny()
		}
	}
	return s
}

// isRecord tells "name -> {type, description}" from a JSON Schema, whose "type" is a string or a list.
func isRecord(members map[string]json.RawMessage) bool {
	if len(members) == 0 {
		return false
	}
	for _, member := range members {
		var described struct {
			Type json.RawMessage `json:"type"`
		}
		if json.Unmarshal(member, &described) != nil || jsonKind(described.Type) != "object" {
			return false
		}
	}
	return true
}

// shapeOf reads a JSON Schema. It returns nil for what it does not understand.
func shapeOf(raw json.RawMessage) *typeShape { return readShape(raw, 0) }

const maxShapeDepth = 16

func readShape(raw json.RawMessage, depth int) *typeShape {
	var s struct {
		Type                 json.RawMessage            `json:"type"`
		Properties           map[string]json.RawMessage `json:"properties"`
		PatternProperties    json.RawMessage            `json:"patternProperties"`
		AdditionalProperties json.RawMessage            `json:"additionalProperties"`
		Items                json.RawMessage            `json:"items"`
		PrefixItems          json.RawMessage            `json:"prefixItems"`
		Const                json.RawMessage            `json:"const"`
		Enum                 []json.RawMessage          `json:"enum"`
		AnyOf                []json.RawMessage          `json:"anyOf"`
		OneOf                []json.RawMessage          `json:"oneOf"`
		AllOf                json.RawMessage            `json:"allOf"`
		Ref                  json.RawMessage            `json:"$ref"`
		DynamicRef           json.RawMessage            `json:"$dynamicRef"`
		If                   json.RawMessage            `json:"if"`
	}
	if depth > maxShapeDepth || json.Unmarshal(raw, &s) != nil {
		return nil
	}
	if s.AllOf != nil || s.Ref != nil || s.DynamicRef != nil || s.If != nil {
		return nil
	}
	if alternatives := append(s.AnyOf, s.OneOf...); len(alternatives) > 0 {
		if s.Properties != nil {
			return nil
		}
		return alternativesShape(alternatives, depth)
	}
	out := &typeShape{types: declaredTypes(s.Type, s.Const, s.Enum)}
	additional := strings.TrimSpace(string(s.AdditionalProperties))
	// A schema that lists properties means these, even if it does not forbid others.
	out.closed = s.PatternProperties == nil && (additional == "false" || additional == "" && len(s.Properties) > 0)
	if len(s.Properties) > 0 {
		out.properties = make(map[string]*typeShape, len(s.Properties))
		for name, property := range s.Properties {
			out.properties[name] = readShape(property, depth+1).orAny()
		}
	}
	if s.Items != nil && s.PrefixItems == nil {
		out.items = readShape(s.Items, depth+1)
	}
	return out
}

// orAny returns a shape that says nothing in place of nil, which as a property would mean that there is none.
func (s *typeShape) orAny() *typeShape {
	if s == nil {
		return &typeShape{}
	}
	return s
}

// alternativesShape joins what alternatives say. Only one of them may describe parts.
func alternativesShape(alternatives []json.RawMessage, depth int) *typeShape {
	out := &typeShape{}
	parts := 0
	for _, raw := range alternatives {
		s := readShape(raw, depth+1)
		if s == nil || s.types == 0 {
			return nil
		}
		out.types |= s.types
		if s.types&(typeObject|typeArray) != 0 {
			parts++
			out.properties, out.closed, out.items = s.properties, s.closed, s.items
		}
	}
	if parts > 1 {
		out.properties, out.closed, out.items = nil, false, nil
	}
	return out
}

// declaredTypes reads the types that "type", "const" and "enum" leave.
func declaredTypes(declared, constant json.RawMessage, enum []json.RawMessage) typeSet {
	var types typeSet
	var list []string
	if json.Unmarshal(declared, &list) == nil {
		for _, name := range list {
			types |= typeNamed(name)
		}
	} else {
		types = typeNamed(readText(declared))
	}
	if types != 0 {
		return types
	}
	if constant != nil {
		enum = []json.RawMessage{constant}
	}
	for _, value := range enum {
		types |= typeNamed(jsonKind(value))
	}
	return types
}
