package inngest

import (
	"encoding/json"
	"fmt"

	"github.com/workflowkit/workflowkit-go/workflowkit"
)

// EventType ties the name of an event to the Go type of its data, a struct or map whose JSON form is an object. It can be
// a constant, and converts to the name where one is wanted:
//
//	const PostUpdated = inngest.EventType[Post]("blog-post.updated")
//
//	event, err := PostUpdated.New(Post{ID: "42"})
//	function := inngest.Function{ID: "f", Events: []string{string(PostUpdated)}}
type EventType[T any] string

// New returns an event of this type with data as its payload. The error matches [ErrInvalidEvent] if data does not become a
// JSON object.
func (t EventType[T]) New(data T) (workflowkit.Event, error) {
	raw, err := json.Marshal(data)
	if err != nil {
		return workflowkit.Event{}, fmt.Errorf("event %q: %w: %w", string(t), ErrInvalidEvent, err)
	}
	event := workflowkit.Event{Name: string(t), Data: raw}
	if _, err := encodeEvent(event); err != nil {
		return workflowkit.Event{}, fmt.Errorf("event %q: %w", string(t), err)
	}
	return event, nil
}

// Data returns the payload of an event of this type. It is an error if the event has another name, or a payload that
// does not fit T.
func (t EventType[T]) Data(event workflowkit.Event) (T, error) {
	var data T
	if event.Name != string(t) {
		return data, fmt.Errorf("event %q is not a %q", event.Name, string(t))
	}
	if err := event.DecodeData(&data); err != nil {
		var zero T
		return zero, err
	}
	return data, nil
}
