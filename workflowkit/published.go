package workflowkit

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/workflowkit/workflowkit-go/workflowkit/internal/ordered"
)

// ParseCatalog reads a published catalogue: the JSON of [Engine.Catalog], or what a TypeScript application publishes
// for its editor. It is a list of actions, or an object with that list as its "actions". Schemas may be JSON Schema or
// serialised TypeBox types, and an action's outputs a schema or an object of name -> {type, description}. Members that
// this package does not know are ignored, and so is an icon that is not a text.
//
// The error names every entry that cannot be read: one that is not an object, has no kind, or the kind of another one.
// Whether the schemas of the entries make sense is judged by [New]; see [WithCatalog].
func ParseCatalog(data []byte) (Catalog, error) {
	entries, err := catalogEntries(data)
	if err != nil {
		return nil, fmt.Errorf("catalogue: %w", err)
	}
	var (
		catalog = make(Catalog, 0, len(entries))
		faults  []error
		seen    = map[string]int{}
	)
	for i, raw := range entries {
		spec, err := parseSpec(raw)
		if err != nil {
			faults = append(faults, fmt.Errorf("catalogue: entry %d: %w", i, err))
			continue
		}
		if first, dup := seen[spec.Kind]; dup {
			faults = append(faults, fmt.Errorf("catalogue: entry %d: kind %q is also that of entry %d", i, spec.Kind, first))
			continue
		}
		seen[spec.Kind] = i
		catalog = append(catalog, spec)
	}
	if err := errors.Join(faults...); err != nil {
		return nil, err
	}
	return catalog, nil
}

// catalogEntries finds the list of actions.
func catalogEntries(data []byte) ([]json.RawMessage, error) {
	if !json.Valid(data) {
		var value any
		return nil, fmt.Errorf("not valid JSON: %w", json.Unmarshal(data, &value))
	}
	list := json.RawMessage(data)
	if jsonKind(list) == "object" {
		members, err := ordered.Parse(list)
		if err != nil {
			return nil, err
		}
		list, _ = members.Get("actions")
	}
	if kind := jsonKind(list); kind != "array" {
		return nil, fmt.Errorf(`found %s; a list of actions is expected, or an object with such a list as its "actions"`, kind)
	}
	var entries []json.RawMessage
	if err := json.Unmarshal(list, &entries); err != nil {
		return nil, err
	}
	return entries, nil
}

func parseSpec(raw json.RawMessage) (Spec, error) {
	var spec Spec
	members, err := ordered.Parse(raw)
	if err != nil {
		return spec, fmt.Errorf("found %s, an object is expected", jsonKind(raw))
	}
	// A React element, for one, is an icon in the TypeScript kit, and nothing that Go could show.
	if icon, ok := members.Get("icon"); ok && jsonKind(icon) != "string" {
		members = members.Delete("icon")
	}
	if raw, err = members.MarshalJSON(); err != nil {
		return spec, err
	}
	if err := json.Unmarshal(raw, &spec); err != nil {
		return spec, err
	}
	if strings.TrimSpace(spec.Kind) == "" {
		return spec, errors.New("it has no kind")
	}
	if isNull(spec.Outputs) {
		spec.Outputs = nil
	}
	return spec, nil
}
