package workflowkit

import (
	"encoding"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"time"

	"github.com/invopop/jsonschema"

	"github.com/workflowkit/workflowkit-go/workflowkit/internal/ordered"
)

// schemaOf derives the JSON Schema of a Go type.
func schemaOf(t reflect.Type) (raw json.RawMessage, err error) {
	if err := checkType(t, nil); err != nil {
		return nil, err
	}
	defer func() {
		// The reflector panics on types that JSON cannot hold in ways that checkType does not foresee.
		if r := recover(); r != nil {
			err = fmt.Errorf("derive schema: %v", r)
		}
	}()
	reflector := jsonschema.Reflector{Anonymous: true, DoNotReference: true, ExpandedStruct: true, AllowAdditionalProperties: true}
	derived := reflector.ReflectFromType(t)
	derived.Version = ""
	raw, err = json.Marshal(derived)
	if err != nil {
		return nil, fmt.Errorf("marshal schema: %w", err)
	}
	return schemaObject(raw), nil
}

// schemaObject returns a schema as the object that editors expect: true, which accepts any value, is {}.
func schemaObject(raw json.RawMessage) json.RawMessage {
	if string(raw) == "true" {
		return json.RawMessage("{}")
	}
	return raw
}

// inputsOf derives the inputs of an action from its input type.
func inputsOf(t reflect.Type) (Inputs, error) {
	base := baseType(t)
	if base.Kind() == reflect.Map && base.Key().Kind() == reflect.String {
		return nil, nil
	}
	if base.Kind() != reflect.Struct || customJSON(base) {
		return nil, errors.New("a struct or a map with string keys is needed")
	}
	raw, err := schemaOf(base)
	if err != nil {
		return nil, err
	}
	var object struct {
		Properties json.RawMessage `json:"properties"`
		Required   []string        `json:"required"`
	}
	if err := json.Unmarshal(raw, &object); err != nil {
		return nil, fmt.Errorf("read schema: %w", err)
	}
	if len(object.Properties) == 0 {
		return nil, nil
	}
	properties, err := ordered.Parse(object.Properties)
	if err != nil {
		return nil, fmt.Errorf("read schema: %w", err)
	}
	required := make(map[string]bool, len(object.Required))
	for _, name := range object.Required {
		required[name] = true
	}
	fieldTypes := map[string]string{}
	collectFieldTypes(base, fieldTypes)
	var inputs Inputs
	for _, p := range properties {
		_, hasDefault := schemaDefault(p.Value)
		inputs = append(inputs, Input{
			Name: p.Name, Type: schemaObject(p.Value), FieldType: fieldTypes[p.Name], Required: required[p.Name] && !hasDefault,
		})
	}
	return inputs, nil
}

// baseType returns what a pointer leads to.
func baseType(t reflect.Type) reflect.Type {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	return t
}

// collectFieldTypes reads the fieldType tags of a struct's fields, by JSON name.
func collectFieldTypes(t reflect.Type, into map[string]string) {
	for _, f := range reflect.VisibleFields(t) {
		if tag := f.Tag.Get("fieldType"); tag != "" {
			into[jsonName(f)] = tag
		}
	}
}

func jsonName(f reflect.StructField) string {
	name := f.Tag.Get("json")
	for i, r := range name {
		if r == ',' {
			name = name[:i]
			break
		}
	}
	if name == "" {
		return f.Name
	}
	return name
}

var (
	marshalerType     = reflect.TypeFor[json.Marshaler]()
	textMarshalerType = reflect.TypeFor[encoding.TextMarshaler]()
	timeType          = reflect.TypeFor[time.Time]()
)

func customJSON(t reflect.Type) bool {
	return t == timeType || t.Implements(marshalerType) || reflect.PointerTo(t).Implements(marshalerType) ||
		t.Implements(textMarshalerType) || reflect.PointerTo(t).Implements(textMarshalerType)
}

// checkType refuses types that JSON cannot hold, and recursive ones: an inlined schema of those would have no end.
func checkType(t reflect.Type, path []reflect.Type) error {
	for _, outer := range path {
		if outer == t {
			return fmt.Errorf("type %v is recursive; describe it with Inputs or Outputs of the Spec, or use json.RawMessage", t)
		}
	}
	path = append(path[:len(path):len(path)], t)
	switch t.Kind() {
	case reflect.Chan, reflect.Func, reflect.Complex64, reflect.Complex128, reflect.UnsafePointer:
		return fmt.Errorf("type %v has no JSON form", t)
	case reflect.Pointer, reflect.Slice, reflect.Array:
		return checkType(t.Elem(), path)
	case reflect.Map:
		return checkType(t.Elem(), path)
	case reflect.Struct:
		if customJSON(t) {
			return nil
		}
		for i := range t.NumField() {
			f := t.Field(i)
			if !f.IsExported() && !f.Anonymous || f.Tag.Get("json") == "-" {
				continue
			}
			if err := checkType(f.Type, path); err != nil {
				return fmt.Errorf("field %s: %w", f.Name, err)
			}
		}
	}
	return nil
}
