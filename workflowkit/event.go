package workflowkit

import (
	"bytes"
	"encoding/json"
	"fmt"
)

// Event is an Inngest event: what triggers a workflow, what a step waits for, and what a step sends. Its JSON form is
// Inngest's own. The zero value is an event without a name, which no server accepts.
type Event struct {
	// ID identifies the event. When an event is sent, a non-empty ID makes sending idempotent: Inngest ignores a
	// second event with the same ID for 24 hours. Empty means that the server assigns one.
	ID string `json:"id,omitempty"`
	// Name is the event's name, for instance "blog-post.updated".
	Name string `json:"name"`
	// Data is the payload, a JSON object. Empty means {}.
	Data json.RawMessage `json:"data,omitempty"`
	// User holds attributes of the user who caused the event, a JSON object. Empty means none.
	User json.RawMessage `json:"user,omitempty"`
	// Timestamp is when the event happened, in milliseconds since the Unix epoch. Zero means when it is received.
	Timestamp int64 `json:"ts,omitempty"`
	// Version is the version of the payload's schema. Empty means none.
	Version string `json:"v,omitempty"`
}

// NewEvent returns an event with the JSON form of data as its payload. It returns an error when data cannot be
// marshalled or is neither null nor a JSON object.
func NewEvent(name string, data any) (Event, error) {
	raw, err := json.Marshal(data)
	if err != nil {
		return Event{}, fmt.Errorf("event %q: marshal data: %w", name, err)
	}
	if bytes.Equal(raw, []byte("null")) {
		raw = nil
	} else if raw[0] != '{' {
		return Event{}, fmt.Errorf("event %q: data is a JSON %s, an object is needed", name, jsonKind(raw))
	}
	return Event{Name: name, Data: raw}, nil
}

// DecodeData unmarshals the payload into v. An event without a payload decodes as an empty object.
func (e Event) DecodeData(v any) error {
	data := e.Data
	if len(data) == 0 {
		data = json.RawMessage("{}")
	}
	if err := json.Unmarshal(data, v); err != nil {
		return fmt.Errorf("event %q: decode data: %w", e.Name, err)
	}
	return nil
}
