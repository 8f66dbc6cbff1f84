package local

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"strings"
	"time"
)

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
