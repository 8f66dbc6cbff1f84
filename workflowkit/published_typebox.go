package workflowkit

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

// fromTypeBox returns a serialised TypeBox type as JSON Schema 2020-12. Most are that already. What differs:
//
//   - tuples have the "items" and "additionalItems" of draft 7;
//   - recursive types and modules refer to an "$id" beside them by its bare name;
//   - "type" may be one that JSON values cannot have (Date, undefined, bigint, …): nothing is checked then;
//   - "pattern" may be a regular expression that only JavaScript can read: the pattern is not checked then.
func fromTypeBox(raw json.RawMessage) (json.RawMessage, error) {
	if isNull(raw) {
		return raw, nil
	}
	value, err := decodeValue(raw)
	if err != nil {
		return nil, err
	}
	t := &typeBox{ids: map[string]string{}}
	t.collect(value, "#")
	changed := t.translate(value)
	switch {
	case t.missing != "":
		return nil, fmt.Errorf("schema: ref %q: nothing in the schema has this id", t.missing)
	case !changed:
		return raw, nil
	}
	return marshalValue(value)
}

// typeBox translates one schema in place.
type typeBox struct {
	// ids maps each "$id" to the JSON pointer of its schema.
	ids map[string]string
	// missing is the first bare name in order that is referred to and is nobody's id.
	missing string
}

// collect notes the ids. Schemas and other values are not told apart: an id in, say, a default is referred to by nobody.
func (t *typeBox) collect(value any, at string) {
	switch v := value.(type) {
	case map[string]any:
		if id, ok := v["$id"].(string); ok {
			if _, dup := t.ids[id]; !dup {
				t.ids[id] = at
			}
		}
		for _, name := range sortedNames(v) {
			t.collect(v[name], at+"/"+escapeFragment(name))
		}
	case []any:
		for i, item := range v {
			t.collect(item, at+"/"+strconv.Itoa(i))
		}
	}
}

// escapeFragment escapes a token of a JSON pointer that is the fragment of a URI.
func escapeFragment(token string) string {
	var b strings.Builder
	for _, c := range []byte(escapePointer(token)) {
		const plain = "-._~$'()*+,;=:@!"
		if c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || strings.IndexByte(plain, c) >= 0 {
			b.WriteByte(c)
			continue
		}
		const hex = "0123456789ABCDEF"
		b.Write([]byte{'%', hex[c>>4], hex[c&15]})
	}
	return b.String()
}

// translate rewrites a schema and reports whether it has changed anything.
func (t *typeBox) translate(value any) bool {
	schema, ok := value.(map[string]any)
	if !ok {
		return false
	}
	changed := t.references(schema)
	changed = tuple(schema) || changed
	changed = foreignType(schema) || changed
	changed = foreignPattern(schema) || changed
	for name, member := range schema {
		switch name {
		case "items", "additionalItems", "additionalProperties", "unevaluatedProperties", "unevaluatedItems",
			"not", "if", "then", "else", "contains", "propertyNames":
			changed = t.translate(member) || changed
		case "prefixItems", "allOf", "anyOf", "oneOf":
			list, _ := member.([]any)
			for _, item := range list {
				changed = t.translate(item) || changed
			}
		case "properties", "patternProperties", "$defs", "definitions", "dependentSchemas":
			schemas, _ := member.(map[string]any)
			for _, item := range schemas {
				changed = t.translate(item) || changed
			}
		}
	}
	return changed
}

// references makes refs to ids refs by JSON pointer, and removes the ids, which would be the base of other refs.
func (t *typeBox) references(schema map[string]any) bool {
	changed := false
	if ref, ok := schema["$ref"].(string); ok {
		at, known := t.ids[ref]
		switch {
		case known:
			schema["$ref"], changed = at, true
		case !strings.ContainsAny(ref, "#:") && (t.missing == "" || ref < t.missing):
			t.missing = ref
		}
	}
	if _, ok := schema["$id"]; ok {
		delete(schema, "$id")
		changed = true
	}
	return changed
}

func tuple(schema map[string]any) bool {
	items, ok := schema["items"].([]any)
	if !ok {
		return false
	}
	delete(schema, "items")
	if len(items) > 0 {
		schema["prefixItems"] = items
	}
	if rest, ok := schema["additionalItems"]; ok {
		schema["items"] = rest
		delete(schema, "additionalItems")
	}
	return true
}

func foreignType(schema map[string]any) bool {
	names := []any{schema["type"]}
	if list, ok := schema["type"].([]any); ok {
		names = list
	}
	for _, name := range names {
		switch name {
		case nil, "null", "boolean", "object", "array", "number", "string", "integer":
			continue
		}
		if _, text := name.(string); text {
			delete(schema, "type")
			return true
		}
	}
	return false
}

func foreignPattern(schema map[string]any) bool {
	changed := false
	if pattern, ok := schema["pattern"].(string); ok && !readable(pattern) {
		delete(schema, "pattern")
		changed = true
	}
	patterns, _ := schema["patternProperties"].(map[string]any)
	for pattern := range patterns {
		if readable(pattern) {
			continue
		}
		// What the pattern would have allowed must not be refused by additionalProperties.
		delete(patterns, pattern)
		delete(schema, "additionalProperties")
		changed = true
	}
	return changed
}

func readable(pattern string) bool {
	_, err := regexp.Compile(pattern)
	return err == nil
}
