package workflowkit

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"golang.org/x/text/language"
	"golang.org/x/text/message"
)

// schema is a compiled JSON Schema, draft 2020-12. A nil schema accepts everything. It is safe for concurrent use.
type schema struct {
	compiled *jsonschema.Schema
	// types are the JSON types that the schema's "type" allows. Empty means any.
	types []string
}

// fault is one place where a value does not fit its schema.
type fault struct{ pointer, message string }

// errNoReferences keeps schemas, which may come from a workflow's author, from reading files or the network.
var errNoReferences = errors.New("references to other documents are not allowed")

type noLoader struct{}

func (noLoader) Load(url string) (any, error) { return nil, fmt.Errorf("%q: %w", url, errNoReferences) }

const schemaURL = "urn:workflowkit:schema"

func compileSchema(raw json.RawMessage) (*schema, error) {
	if isNull(raw) {
		return nil, nil
	}
	doc, err := decodeValue(raw)
	if err != nil {
		return nil, fmt.Errorf("schema is not valid JSON: %w", err)
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
	return s, nil
}

// check returns the places where a decoded JSON value does not fit, in the order of the value.
func (s *schema) check(value any) []fault {
	if s == nil {
		return nil
	}
	err := s.compiled.Validate(value)
	if err == nil {
		return nil
	}
	var invalid *jsonschema.ValidationError
	if !errors.As(err, &invalid) {
		return []fault{{message: err.Error()}}
	}
	return appendFaults(nil, invalid, message.NewPrinter(language.English))
}

// appendFaults flattens the tree of a validation error into its leaves.
func appendFaults(faults []fault, err *jsonschema.ValidationError, printer *message.Printer) []fault {
	if len(err.Causes) == 0 {
		var pointer strings.Builder
		for _, token := range err.InstanceLocation {
			pointer.WriteByte('/')
			pointer.WriteString(escapePointer(token))
		}
		return append(faults, fault{pointer: pointer.String(), message: err.ErrorKind.LocalizedString(printer)})
	}
	for _, cause := range err.Causes {
		faults = appendFaults(faults, cause, printer)
	}
	return faults
}

// escapePointer escapes a token of a JSON pointer (RFC 6901).
func escapePointer(token string) string {
	return strings.NewReplacer("~", "~0", "/", "~1").Replace(token)
}
