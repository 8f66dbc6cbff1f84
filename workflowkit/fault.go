package workflowkit

import (
	"fmt"
	"slices"
	"sort"
	"strconv"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/santhosh-tekuri/jsonschema/v6/kind"
	"golang.org/x/text/language"
	"golang.org/x/text/message"
)

// fault is one place where a value does not fit its schema.
type fault struct {
	// pointer is the JSON pointer of the place.
	pointer, message string
	// whole says that the fault is about the type or the set of members of the place, not about what is in them.
	whole bool
	// leftover says that the fault is about a part that no other keyword has spoken about, as unevaluatedProperties has
	// it. A subschema that fails does not count as having spoken about anything.
	leftover bool
	// conditional says that the fault is one only because of what "if" has found.
	conditional bool
}

// dependsOn reports whether the fault may go away once the holes, by JSON pointer, have values.
func (f fault) dependsOn(holes map[string]bool) bool {
	if f.conditional && len(holes) > 0 {
		return true
	}
	if f.leftover {
		// With another value in the hole, a subschema may speak about this part.
		for hole := range holes {
			if strings.HasPrefix(hole, parentOf(f.pointer)+"/") {
				return true
			}
		}
	}
	for hole := range holes {
		if hole == f.pointer || strings.HasPrefix(f.pointer, hole+"/") || !f.whole && strings.HasPrefix(hole, f.pointer+"/") {
			return true
		}
	}
	return false
}

// faultsOf turns a validation error into its faults.
func faultsOf(err *jsonschema.ValidationError) []fault {
	b := faultBuilder{printer: message.NewPrinter(language.English)}
	b.add(err)
	b.dropLeftovers()
	sort.SliceStable(b.faults, func(i, j int) bool { return b.faults[i].pointer < b.faults[j].pointer })
	return b.faults
}

type faultBuilder struct {
	printer *message.Printer
	faults  []fault
}

// dropLeftovers removes faults about leftover parts where other parts of the same value have faults: what is left over
// is known once these are mended.
func (b *faultBuilder) dropLeftovers() {
	others := map[string]bool{}
	for _, f := range b.faults {
		if f.leftover {
			continue
		}
		for at := f.pointer; !others[at]; at = parentOf(at) {
			others[at] = true
		}
	}
	if len(others) > 0 {
		b.faults = slices.DeleteFunc(b.faults, func(f fault) bool { return f.leftover && others[parentOf(f.pointer)] })
	}
}

// leftover says what is wrong with a part if unevaluatedProperties or unevaluatedItems has found that, and "" otherwise.
func leftover(err *jsonschema.ValidationError) string {
	depth := len(err.InstanceLocation)
	tokens := strings.Split(err.SchemaURL, "/")
	if depth == 0 || isName(tokens, len(tokens)-1) {
		return ""
	}
	switch tokens[len(tokens)-1] {
	case "unevaluatedProperties":
		return fmt.Sprintf("there is no property %q", err.InstanceLocation[depth-1])
	case "unevaluatedItems":
		return "there is no such item"
	}
	return ""
}

// conditional reports whether a fault was found by a schema that holds only if, or unless, another one does.
func conditional(err *jsonschema.ValidationError) bool {
	tokens := strings.Split(err.SchemaURL, "/")
	for i, token := range tokens {
		if (token == "then" || token == "else") && !isName(tokens, i) {
			return true
		}
	}
	return false
}

// isName reports whether a token of a pointer to a schema is a name that somebody has chosen, not a keyword.
func isName(tokens []string, i int) bool {
	if i == 0 {
		return true
	}
	switch tokens[i-1] {
	case "properties", "patternProperties", "dependentSchemas", "$defs", "definitions":
		return true
	}
	return false
}

// parentOf returns the pointer of the value that a part is in. That of the whole is itself.
func parentOf(pointer string) string {
	return pointer[:max(strings.LastIndexByte(pointer, '/'), 0)]
}

func (b *faultBuilder) add(err *jsonschema.ValidationError) {
	if conditional(err) {
		defer func(from int) {
			for i := from; i < len(b.faults); i++ {
				b.faults[i].conditional = true
			}
		}(len(b.faults))
	}
	if text := leftover(err); text != "" {
		b.faults = append(b.faults, fault{pointer: pointerOf(err.InstanceLocation), message: text, leftover: true})
		return
	}
	at := pointerOf(err.InstanceLocation)
	switch k := err.ErrorKind.(type) {
	case *kind.AnyOf:
		b.faults = append(b.faults, fault{pointer: at, message: b.alternatives(err)})
	case *kind.OneOf:
		text := "fits more than one of the alternatives"
		if len(k.Subschemas) == 0 {
			text = b.alternatives(err)
		}
		b.faults = append(b.faults, fault{pointer: at, message: text})
	case *kind.Required:
		for _, name := range k.Missing {
			b.faults = append(b.faults, fault{pointer: at + "/" + escapePointer(name), message: fmt.Sprintf("property %q is missing", name), whole: true})
		}
	case *kind.AdditionalProperties:
		names := append([]string(nil), k.Properties...)
		sort.Strings(names)
		for _, name := range names {
			b.faults = append(b.faults, fault{pointer: at + "/" + escapePointer(name), message: fmt.Sprintf("there is no property %q", name), whole: true})
		}
	case *kind.DependentRequired:
		for _, name := range k.Missing {
			b.faults = append(b.faults, fault{
				pointer: at + "/" + escapePointer(name), message: fmt.Sprintf("property %q is missing beside %q", name, k.Prop), whole: true,
			})
		}
	case *kind.PropertyNames:
		inner := faultBuilder{printer: b.printer}
		for _, cause := range err.Causes {
			inner.add(cause)
		}
		text := fmt.Sprintf("no property can be called %q", k.Property)
		if len(inner.faults) > 0 {
			text += ": " + inner.faults[0].message
		}
		b.faults = append(b.faults, fault{pointer: at + "/" + escapePointer(k.Property), message: text, whole: true})
	case *kind.Contains:
		// Each item has a fault then, but only one of them must not have any.
		b.faults = append(b.faults, fault{pointer: at, message: "no item is as one must be"})
	case *kind.MinContains:
		text := fmt.Sprintf("%d items are as at least %d must be", len(k.Got), k.Want)
		b.faults = append(b.faults, fault{pointer: at, message: text})
	case *kind.FalseSchema:
		b.faults = append(b.faults, fault{pointer: at, message: "nothing is allowed here", whole: true})
	case *kind.Not:
		b.faults = append(b.faults, fault{pointer: at, message: "is what the schema excludes"})
	case *kind.Type:
		b.faults = append(b.faults, fault{pointer: at, message: fmt.Sprintf("got %s, want %s", k.Got, strings.Join(k.Want, " or ")), whole: true})
	default:
		if len(err.Causes) == 0 {
			b.faults = append(b.faults, fault{pointer: at, message: err.ErrorKind.LocalizedString(b.printer)})
		}
		for _, cause := range err.Causes {
			b.add(cause)
		}
	}
}

// alternatives says what a value that fits none of several alternatives should have been.
func (b *faultBuilder) alternatives(err *jsonschema.ValidationError) string {
	var values, types, texts []string
	got := ""
	for _, cause := range err.Causes {
		inner := faultBuilder{printer: b.printer}
		inner.add(cause)
		for leaf := cause; ; leaf = leaf.Causes[0] {
			if len(leaf.Causes) > 0 {
				continue
			}
			here := len(leaf.InstanceLocation) == len(err.InstanceLocation)
			switch k := leaf.ErrorKind.(type) {
			case *kind.Const:
				if here {
					values = append(values, brief(k.Want))
				}
			case *kind.Type:
				if here {
					got = k.Got
					types = append(types, k.Want...)
				}
			}
			break
		}
		var inside []string
		for _, f := range inner.faults {
			text := f.message
			if rest := strings.TrimPrefix(f.pointer, pointerOf(err.InstanceLocation)); rest != "" {
				text = rest + ": " + text
			}
			inside = append(inside, text)
		}
		texts = append(texts, strings.Join(inside, " and "))
	}
	switch len(err.Causes) {
	case len(values):
		return "must be one of " + strings.Join(values, ", ")
	case len(types):
		return fmt.Sprintf("got %s, want %s", got, strings.Join(types, " or "))
	}
	return "fits none of the alternatives: " + strings.Join(texts, "; or ")
}

func pointerOf(tokens []string) string {
	var b strings.Builder
	for _, token := range tokens {
		b.WriteByte('/')
		b.WriteString(escapePointer(token))
	}
	return b.String()
}

// at returns the part of a decoded value that a JSON pointer names, or nil.
func at(value any, pointer string) any {
	if pointer == "" {
		return value
	}
	for _, token := range strings.Split(pointer[1:], "/") {
		token = strings.ReplaceAll(strings.ReplaceAll(token, "~1", "/"), "~0", "~")
		switch v := value.(type) {
		case map[string]any:
			value = v[token]
		case []any:
			i, err := strconv.Atoi(token)
			if err != nil || i < 0 || i >= len(v) {
				return nil
			}
			value = v[i]
		default:
			return nil
		}
	}
	return value
}
