package mask

import (
	"bytes"
	"net/url"
	"regexp"
	"strconv"
	"strings"

	"github.com/workflowkit/workflowkit-go/workflowkit/internal/jsonvalue"
)

// Of returns the mask of a JSON Schema: a part is secret if any schema that describes it says writeOnly or x-secret. Which
// of several alternatives a value fits is not asked. It returns nil if nothing is marked.
func Of(schema []byte) *Mask {
	if !marks(schema) {
		return nil
	}
	document, err := jsonvalue.Decode(schema, nil)
	if err != nil {
		return nil // a schema that cannot be read is refused elsewhere
	}
	c := &compiler{document: document, masks: map[string]*Mask{}, anchors: map[string]any{}}
	c.findAnchors(document)
	m := c.of(document)
	if !c.marked {
		return nil
	}
	return m
}

// marks reports whether there is anything to find at all.
func marks(schema []byte) bool {
	return bytes.Contains(schema, []byte("writeOnly")) || bytes.Contains(schema, []byte("x-secret")) || bytes.Contains(schema, []byte(`\u`))
}

// Properties returns the mask of an object whose properties have masks of their own.
func Properties(masks map[string]*Mask) *Mask {
	m := &Mask{properties: map[string]*Mask{}}
	for name, property := range masks {
		if property != nil {
			m.properties[name] = property
		}
	}
	if len(m.properties) == 0 {
		return nil
	}
	return m
}

// Items returns the mask of a list whose items have a mask.
func Items(item *Mask) *Mask {
	if item == nil {
		return nil
	}
	return &Mask{items: []*Mask{item}}
}

// compiler makes masks of the schemas in a document.
type compiler struct {
	document any
	// masks are those of the places that references lead to.
	masks   map[string]*Mask
	anchors map[string]any
	// marked says that something is secret.
	marked bool
}

// of returns the mask of a schema. It is nil for one that says nothing about parts or secrets.
func (c *compiler) of(schema any) *Mask {
	s, ok := schema.(map[string]any)
	if !ok {
		return nil
	}
	m := &Mask{}
	c.fill(m, s)
	return m
}

func (c *compiler) fill(m *Mask, s map[string]any) {
	if secret(s) {
		m.all, c.marked = true, true
	}
	for _, keyword := range []string{"$ref", "$dynamicRef", "$recursiveRef"} {
		if target, ok := s[keyword].(string); ok {
			m.also = append(m.also, c.reference(target))
		}
	}
	for _, keyword := range []string{"allOf", "anyOf", "oneOf"} {
		m.also = append(m.also, c.list(s[keyword])...)
	}
	for _, keyword := range []string{"if", "then", "else"} {
		m.also = append(m.also, c.of(s[keyword]))
	}
	for _, keyword := range []string{"dependentSchemas", "dependencies"} {
		for _, schema := range object(s[keyword]) {
			m.also = append(m.also, c.of(schema))
		}
	}
	m.properties = make(map[string]*Mask, len(object(s["properties"])))
	for name, schema := range object(s["properties"]) {
		m.properties[name] = c.of(schema)
	}
	for text, schema := range object(s["patternProperties"]) {
		expression, _ := regexp.Compile(text) // one that Go cannot read stands for any name
		m.patterns = append(m.patterns, pattern{expression, c.of(schema)})
	}
	m.additional = c.present(s, "additionalProperties", "unevaluatedProperties")
	m.prefix = c.list(s["prefixItems"])
	m.items = c.present(s, "contains", "unevaluatedItems")
	if tuple, ok := s["items"].([]any); ok { // as in drafts before 2020-12
		m.prefix = c.list(tuple)
		m.items = append(m.items, c.present(s, "additionalItems")...)
	} else {
		m.items = append(m.items, c.present(s, "items")...)
	}
	// What an item is described to contain may be any of them.
	if contained := c.of(s["contains"]); contained != nil && len(m.prefix) > 0 {
		for i, p := range m.prefix {
			m.prefix[i] = &Mask{also: []*Mask{p, contained}}
		}
	}
}

// secret reports whether a schema marks what it describes.
func secret(s map[string]any) bool {
	for _, keyword := range []string{"writeOnly", "x-secret"} {
		if s[keyword] == true || s[keyword] == "true" {
			return true
		}
	}
	return false
}

func object(value any) map[string]any {
	o, _ := value.(map[string]any)
	return o
}

func (c *compiler) list(value any) []*Mask {
	list, _ := value.([]any)
	masks := make([]*Mask, 0, len(list))
	for _, schema := range list {
		masks = append(masks, c.of(schema))
	}
	return masks
}

func (c *compiler) present(s map[string]any, keywords ...string) []*Mask {
	var masks []*Mask
	for _, keyword := range keywords {
		if m := c.of(s[keyword]); m != nil {
			masks = append(masks, m)
		}
	}
	return masks
}

// reference returns the mask of what a reference leads to. What cannot be found is taken for secret.
func (c *compiler) reference(target string) *Mask {
	if m, ok := c.masks[target]; ok {
		return m
	}
	m := &Mask{}
	c.masks[target] = m
	schema, ok := c.find(target)
	switch s := schema.(type) {
	case map[string]any:
		c.fill(m, s)
	case bool:
	default:
		ok = false
	}
	if !ok {
		m.all, c.marked = true, true
	}
	return m
}

// find returns the schema that a reference into the same document leads to.
func (c *compiler) find(target string) (any, bool) {
	base, fragment, ok := strings.Cut(target, "#")
	if root, _ := object(c.document)["$id"].(string); !ok || base != "" && base != root {
		return nil, false
	}
	if fragment == "" {
		return c.document, true
	}
	if !strings.HasPrefix(fragment, "/") {
		schema, ok := c.anchors[fragment]
		return schema, ok
	}
	return at(c.document, fragment)
}

// at returns the part of a value that a JSON pointer in a URL names.
func at(value any, pointer string) (any, bool) {
	pointer, err := url.PathUnescape(pointer)
	if err != nil {
		return nil, false
	}
	for token := range strings.SplitSeq(pointer[1:], "/") {
		token = strings.ReplaceAll(strings.ReplaceAll(token, "~1", "/"), "~0", "~")
		found := false
		switch v := value.(type) {
		case map[string]any:
			value, found = v[token]
		case []any:
			i, err := strconv.Atoi(token)
			if found = err == nil && i >= 0 && i < len(v); found {
				value = v[i]
			}
		}
		if !found {
			return nil, false
		}
	}
	return value, true
}

// findAnchors notes the schemas that have names.
func (c *compiler) findAnchors(value any) {
	switch v := value.(type) {
	case map[string]any:
		for _, keyword := range []string{"$anchor", "$dynamicAnchor"} {
			if name, ok := v[keyword].(string); ok {
				c.anchors[name] = v
			}
		}
		for _, member := range v {
			c.findAnchors(member)
		}
	case []any:
		for _, item := range v {
			c.findAnchors(item)
		}
	}
}
