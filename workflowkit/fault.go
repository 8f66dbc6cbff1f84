package workflowkit

import (
	"fmt"
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
}

// dependsOn reports whether the fault may go away once the holes, by JSON pointer, have values.
func (f fault) dependsOn(holes map[string]bool) bool {
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
	sort.SliceStable(b.faults, func(i, j int) bool { return b.faults[i].pointer < b.faults[j].pointer })
	return b.faults
}

type faultBuilder struct {
	printer *message.Printer
	faults  []fault
}

func (b *faultBuilder) add(err *jsonschema.ValidationError) {
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
			b.faults = append(b.faults, fault{at + "/" + escapePointer(name), fmt.Sprintf("property %q is missing", name), true})
		}
	case *kind.AdditionalProperties:
		names := append([]string(nil), k.Properties...)
		sort.Strings(names)
		for _, name := range names {
			b.faults = append(b.faults, fault{at + "/" + escapePointer(name), fmt.Sprintf("there is no property %q", name), true})
		}
	case *kind.Type:
		b.faults = append(b.faults, fault{at, fmt.Sprintf("got %s, want %s", k.Got, strings.Join(k.Want, " or ")), true})
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
