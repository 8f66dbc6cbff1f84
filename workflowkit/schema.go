package workflowkit

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/workflowkit/workflowkit-go/workflowkit/internal/jsonvalue"
)

// schema is a compiled JSON Schema, draft 2020-12. A nil schema accepts everything. It is safe for concurrent use.
type schema struct {
	compiled *jsonschema.Schema
	// types are the JSON types that the schema's "type" allows. Empty means any.
	types []string
	// simple is set if the schema says nothing but these types.
	simple typeSet
}

// errNoReferences keeps schemas, which may come from a workflow's author, from reading files or the network.
var errNoReferences = errors.New("references to other documents are not allowed")

type noLoader struct{}

func (noLoader) Load(url string) (any, error) { return nil, fmt.Errorf("%q: %w", url, errNoReferences) }

const schemaURL = "urn:workflowkit:schema"

func compileSchema(raw json.RawMessage) (*schema, error) {
	if isNull(raw) {
		return nil, nil
	}
	doc, err := jsonvalue.Decode(raw, nil)
	if err != nil {
		return nil, fmt.Errorf("schema is not valid JSON: %w", err)
	}
	if huge := hugeNumbers(doc); huge != nil {
		return nil, fmt.Errorf("schema: at %q: %s", huge[0].pointer, huge[0].message)
	}
	compiler := jsonschema.NewCompiler()
	compiler.DefaultDraft(jsonschema.Draft2020)
	compiler.UseLoader(noLoader{})
	compiler.AssertFormat()
	if err := compiler.AddResource(schemaURL, doc); err != nil {
		return nil, fmt.Errorf("schema: %w", err)
	}
	compiled, err := compiler.Compile(schemaURL)
	if err != nil {
		return nil, fmt.Errorf("schema: %w", err)
	}
	s := &schema{compiled: compiled}
	if compiled.Types != nil {
		s.types = compiled.Types.ToStrings()
	}
	s.simple = simpleTypes(doc, s.types)
	return s, nil
}

// simpleTypes returns the types of a schema that says nothing else about values, and 0 for any other schema.
func simpleTypes(doc any, types []string) typeSet {
	object, ok := doc.(map[string]any)
	if !ok {
		return 0
	}
	for keyword := range object {
		switch keyword {
		case "type", "title", "description", "default", "examples", "$comment", "deprecated", "readOnly", "writeOnly":
		default:
			if !strings.HasPrefix(keyword, "x-") {
				return 0
			}
		}
	}
	var set typeSet
	for _, name := range types {
		set |= typeNamed(name)
	}
	return set
}

// check returns the places where a decoded JSON value does not fit, in a fixed order.
func (s *schema) check(value any) []fault {
	if s == nil || s.simple&typeOf(value) != 0 {
		return nil
	}
	if huge := hugeNumbers(value); huge != nil {
		return huge
	}
	err := s.compiled.Validate(value)
	if err == nil {
		return nil
	}
	var invalid *jsonschema.ValidationError
	if !errors.As(err, &invalid) {
		return []fault{{message: err.Error()}}
	}
	faults := faultsOf(invalid)
	return faults[:min(len(faults), maxFaults)]
}

// maxFaults is how many faults of one input are reported. The input may be a stranger's.
const maxFaults = 100

// accepts reports whether a schema is so simple that the type of a JSON text says that it fits.
func (s *schema) accepts(text []byte) bool { return s == nil || s.simple&typeOfText(text) != 0 }

// typeOfText returns the type of a JSON text, as [typeOf] does of its value.
func typeOfText(text []byte) typeSet {
	switch text[0] {
	case '{':
		return typeObject
	case '[':
		return typeArray
	case '"':
		return typeString
	case 't', 'f':
		return typeBoolean
	case 'n':
		return typeNull
	}
	for _, c := range text {
		if c == '.' || c == 'e' || c == 'E' {
			return typeNumber
		}
	}
	return typeInteger | typeNumber
}

// typeOf returns the type of a decoded JSON value. A number without fraction and exponent is an integer and a number.
func typeOf(value any) typeSet {
	switch v := value.(type) {
	case nil:
		return typeNull
	case bool:
		return typeBoolean
	case string:
		return typeString
	case json.Number:
		if strings.ContainsAny(string(v), ".eE") {
			return typeNumber
		}
		return typeInteger | typeNumber
	case []any:
		return typeArray
	case map[string]any:
		return typeObject
	}
	return 0
}

// escapePointer escapes a token of a JSON pointer (RFC 6901).
func escapePointer(token string) string {
	if !strings.ContainsAny(token, "~/") {
		return token
	}
	return strings.NewReplacer("~", "~0", "/", "~1").Replace(token)
}
