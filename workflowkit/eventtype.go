package workflowkit

import (
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strings"

	"github.com/workflowkit/workflowkit-go/workflowkit/internal/jsonvalue"
)

// EventType is an event that is defined once, by its name and the Go type of its data, and then sent, waited for and
// read with the same value. Package inngest starts runs by it. It is made by [DefineEvent], immutable, and safe for
// concurrent use.
type EventType[T any] struct {
	name   string
	raw    json.RawMessage
	schema *schema
	err    error
}

// ErrInvalidEvent is matched by errors about an event that does not fit its type, or that no server would accept. Nothing
// has been sent.
var ErrInvalidEvent = errors.New("invalid event")

// EventError is the error of data that does not fit the type of its event. It matches [ErrInvalidEvent].
type EventError struct {
	// Name is the event's.
	Name string
	// Problems name the places, what was expected and what was found. Their paths are in the event's data.
	Problems Problems
}

// Error implements error.
func (e *EventError) Error() string {
	return fmt.Sprintf("%v: data of event %q: %s", ErrInvalidEvent, e.Name, e.Problems.text())
}

// Is reports whether target is [ErrInvalidEvent].
func (e *EventError) Is(target error) bool { return target == ErrInvalidEvent }

// DefineEvent returns the type of the events with a name. T is a struct, or a map with texts as keys: what has a JSON
// object as its JSON form. Its JSON Schema is derived as [Define] derives that of inputs, `jsonschema` tags included, and
// data is held to it when events are made and when they are read. Members that T does not have are allowed.
//
// Faults of the definition are returned by whatever uses it; see [EventType.Err].
func DefineEvent[T any](name string) *EventType[T] {
	t := &EventType[T]{name: name}
	if t.err = checkEventName(name); t.err != nil {
		return t
	}
	kind := baseType(reflect.TypeFor[T]()).Kind()
	if kind != reflect.Struct && kind != reflect.Map {
		t.err = fmt.Errorf("event %q: %w: data is a %v, a struct or a map is needed", name, ErrInvalidEvent, reflect.TypeFor[T]())
		return t
	}
	var err error
	if t.raw, err = schemaOf(reflect.TypeFor[T]()); err == nil {
		t.schema, err = compileSchema(t.raw)
	}
	if err != nil {
		t.err = fmt.Errorf("event %q: %w: data: %w", name, ErrInvalidEvent, err)
	}
	return t
}

func checkEventName(name string) error {
	switch {
	case strings.TrimSpace(name) == "":
		return fmt.Errorf("%w: name is empty", ErrInvalidEvent)
	case strings.HasPrefix(strings.ToLower(name), "inngest/"):
		return fmt.Errorf("event %q: %w: names that begin with inngest/ are the server's own", name, ErrInvalidEvent)
	}
	return nil
}

// Name returns the name of the events.
func (t *EventType[T]) Name() string { return t.name }

// String returns the name of the events.
func (t *EventType[T]) String() string { return t.name }

// Err returns what makes the definition unusable, or nil.
func (t *EventType[T]) Err() error { return t.err }

// Schema returns the JSON Schema (2020-12) of the events' data. The caller must not modify it. It is nil if the
// definition is unusable.
func (t *EventType[T]) Schema() json.RawMessage { return t.raw }

// New returns an event of this type. The error is an *[EventError] if data does not fit the schema.
func (t *EventType[T]) New(data T) (Event, error) {
	if t.err != nil {
		return Event{}, t.err
	}
	raw, err := json.Marshal(data)
	if err != nil {
		return Event{}, fmt.Errorf("event %q: %w: marshal data: %w", t.name, ErrInvalidEvent, err)
	}
	if err := t.check(raw); err != nil {
		return Event{}, err
	}
	return Event{Name: t.name, Data: raw}, nil
}

// Data returns the data of an event of this type. It is an error if the event has another name, and an *[EventError] if
// its data does not fit.
func (t *EventType[T]) Data(event Event) (T, error) {
	var data T
	switch {
	case t.err != nil:
		return data, t.err
	case event.Name != t.name:
		return data, fmt.Errorf("%w: event %q is not a %q", ErrInvalidEvent, event.Name, t.name)
	}
	raw := event.Data
	if len(raw) == 0 {
		raw = json.RawMessage("{}")
	}
	if err := t.check(raw); err != nil {
		return data, err
	}
	if err := json.Unmarshal(raw, &data); err != nil {
		var zero T
		return zero, fmt.Errorf("%w: data of event %q: %w", ErrInvalidEvent, t.name, err)
	}
	return data, nil
}

// check holds data to the schema.
func (t *EventType[T]) check(raw json.RawMessage) error {
	value, err := jsonvalue.Decode(raw, nil)
	if err != nil {
		return fmt.Errorf("%w: data of event %q: %w", ErrInvalidEvent, t.name, err)
	}
	faults := t.schema.check(value)
	if _, object := value.(map[string]any); !object && len(faults) == 0 {
		faults = []fault{{message: "got " + jsonKind(raw) + ", want object"}}
	}
	if len(faults) == 0 {
		return nil
	}
	problems := make(Problems, len(faults))
	for i, f := range faults {
		problems[i] = Problem{Code: CodeEventData, Severity: SeverityError, Path: f.pointer, Message: f.message}
	}
	return &EventError{Name: t.name, Problems: problems}
}
