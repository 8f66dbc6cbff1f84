package local

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"strings"
	"time"
)

// Event is an event to send.
type Event struct {
	// ID makes the event idempotent: a function runs once for all events with the same id within 24 hours. Empty is a new id.
	ID string `json:"id,omitempty"`
	// Name is what functions and waits listen to. It is required.
	Name string `json:"name"`
	// Data is the payload, anything that is a JSON object; nil is an empty one.
	Data any `json:"data,omitempty"`
	// User is data about a user, a JSON object; nil is an empty one.
	User any `json:"user,omitempty"`
	// Timestamp is when the event happened, in milliseconds since 1970; zero is when it arrives. Runs of an event from the
	// future start then.
	Timestamp int64 `json:"ts,omitempty"`
	// Version is the version of the payload, if there is such a thing.
	Version string `json:"v,omitempty"`
}

// Names of the events that the server itself sends.
const (
	// EventFunctionFinished is sent when a run has ended, however it did.
	EventFunctionFinished = "inngest/function.finished"
	// EventFunctionFailed is sent when a run has failed.
	EventFunctionFailed = "inngest/function.failed"
	// EventFunctionCancelled is sent when a run was cancelled.
	EventFunctionCancelled = "inngest/function.cancelled"
	// EventFunctionInvoked is the event of a run that another run has invoked.
	EventFunctionInvoked = "inngest/function.invoked"
)

const internalPrefix = "inngest/"

// metadataKey is the key in an event's data that belongs to the server.
const metadataKey = "_inngest"

// event is an event that the server has accepted. It is not changed afterwards.
type event struct {
	internalID string
	seq        uint64
	received   time.Time

	id   string
	name string
	data map[string]any
	user map[string]any
	ts   int64
	v    string
}

type rawEvent struct {
	ID        string         `json:"id"`
	Name      string         `json:"name"`
	Data      map[string]any `json:"data"`
	User      map[string]any `json:"user"`
	Timestamp int64          `json:"ts"`
	Version   string         `json:"v"`
}

// parseEvent reads an event from outside and checks it as the real server does.
func parseEvent(raw []byte) (*event, error) {
	var in rawEvent
	if err := json.Unmarshal(raw, &in); err != nil {
		return nil, err
	}
	if strings.HasPrefix(strings.ToLower(in.Name), internalPrefix) {
		return nil, fmt.Errorf("event name is reserved for internal use: %s", in.Name)
	}
	if in.Name == "" {
		return nil, errors.New("event name is empty")
	}
	if in.Timestamp != 0 {
		switch t := time.UnixMilli(in.Timestamp); {
		case t.Before(time.Date(1980, time.January, 1, 0, 0, 0, 0, time.UTC)):
			return nil, errors.New("timestamp is before Jan 1, 1980")
		case t.After(time.Date(2100, time.January, 1, 0, 0, 0, 0, time.UTC)):
			return nil, errors.New("timestamp is after Jan 1, 2100")
		}
	}
	delete(in.Data, metadataKey)
	return &event{id: in.ID, name: in.Name, data: in.Data, user: in.User, ts: in.Timestamp, v: in.Version}, nil
}

// wire is the event as calls carry it.
func (e *event) wire() map[string]any {
	out := e.payload()
	if e.data == nil {
		out["data"] = nil
	}
	return out
}

// stored is the event as the server's own events and its API have it: without an empty user.
func (e *event) stored() map[string]any {
	out := e.wire()
	if len(e.user) == 0 {
		delete(out, "user")
	}
	return out
}

// payload is the event as waits and expressions see it.
func (e *event) payload() map[string]any {
	out := map[string]any{"id": e.id, "name": e.name, "ts": float64(e.ts), "data": orEmpty(e.data), "user": orEmpty(e.user)}
	if e.v != "" {
		out["v"] = e.v
	}
	return out
}

// metadata returns a text of the server's own part of the data.
func (e *event) metadata(key string) string {
	own, _ := e.data[metadataKey].(map[string]any)
	text, _ := own[key].(string)
	return text
}

// correlationID names the run and step that wait for the run of this event, or whose invocation it ends.
func (e *event) correlationID() string {
	switch e.name {
	case EventFunctionInvoked:
		return e.metadata("correlation_id")
	case EventFunctionFinished:
		text, _ := e.data["correlation_id"].(string)
		return text
	}
	return ""
}

func orEmpty(m map[string]any) map[string]any {
	if m == nil {
		return map[string]any{}
	}
	return m
}

// withMetadata returns a copy of data with the server's own part.
func withMetadata(data map[string]any, own map[string]any) map[string]any {
	out := maps.Clone(orEmpty(data))
	out[metadataKey] = own
	return out
}

// triggerPatterns lists the trigger names that match an event: the name itself, and a/*, a/b/* and a.* for its parts.
func triggerPatterns(name string) []string {
	patterns := []string{name}
	for _, separator := range []string{"/", "."} {
		for at := 0; ; {
			next := strings.Index(name[at:], separator)
			if next < 0 {
				break
			}
			at += next
			patterns = append(patterns, name[:at]+separator+"*")
			at++
		}
	}
	return patterns
}
