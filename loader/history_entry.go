package loader

import (
	"encoding/json"
	"slices"
	"strings"

	"github.com/workflowkit/workflowkit-go/workflowkit"
)

// entryOf copies what will be stored of a transition: large values are cut, and texts are made such that each database
// can hold them.
func (h *History) entryOf(t workflowkit.Transition) *historyEntry {
	e := &historyEntry{Transition: t, done: make(chan struct{})}
	e.size = 512 // about what an entry takes without its values
	if t.Type != workflowkit.RunStarted && !ends(t.Type) {
		e.Event.Data = nil // every transition brings the event, and it is stored once
	}
	e.Event.Data = h.cut(e.Event.Data, &e.size)
	e.Inputs, e.Output = h.cut(t.Inputs, &e.size), h.cut(t.Output, &e.size)
	e.Error, e.Reason = h.cutText(t.Error, &e.size), h.cutText(t.Reason, &e.size)
	for _, s := range []*string{
		&e.Key, &e.RunID, &e.Workflow.ID, &e.Event.Name, &e.Action.ID, &e.Action.Kind, &e.Action.Name, &e.StepID,
	} {
		*s = clean(*s)
	}
	if t.Edge != nil {
		edge := cleanEdge(*t.Edge)
		e.Edge = &edge
	}
	if t.Result != nil {
		e.Result = h.cutResult(*t.Result, &e.size)
	}
	return e
}

func cleanEdge(e workflowkit.EdgeResult) workflowkit.EdgeResult {
	e.ID, e.From, e.To, e.Reason = clean(e.ID), clean(e.From), clean(e.To), clean(e.Reason)
	return e
}

func (h *History) cutResult(r workflowkit.Result, size *int) *workflowkit.Result {
	r.Reason, r.Error = h.cutText(r.Reason, size), h.cutText(r.Error, size)
	r.Actions, r.Edges = slices.Clone(r.Actions), slices.Clone(r.Edges)
	for i := range r.Actions {
		a := &r.Actions[i]
		a.ID, a.Kind, a.Name, a.Reason = clean(a.ID), clean(a.Kind), clean(a.Name), clean(a.Reason)
		a.Inputs, a.Output, a.Error = h.cut(a.Inputs, size), h.cut(a.Output, size), h.cutText(a.Error, size)
	}
	for i, e := range r.Edges {
		r.Edges[i] = cleanEdge(e)
	}
	*size += 256 * (len(r.Actions) + len(r.Edges))
	return &r
}

// clean makes a text one that Postgres can hold.
func clean(text string) string {
	if strings.ContainsRune(text, 0) {
		text = strings.ReplaceAll(text, "\x00", "\uFFFD")
	}
	return strings.ToValidUTF8(text, "\uFFFD")
}

// cut returns a value, or what stands for one that is too large. What is not JSON is kept as a JSON string.
func (h *History) cut(value json.RawMessage, size *int) json.RawMessage {
	if len(value) == 0 {
		return nil
	}
	if limit := h.config.MaxValue; limit >= 0 && len(value) > limit {
		value, _ = json.Marshal(map[string]any{
			"truncated": true, "bytes": len(value), "start": clean(string(value[:min(limit, cutStart)])),
		})
	} else if !json.Valid(value) {
		value, _ = json.Marshal(clean(string(value)))
	}
	*size += len(value)
	return json.RawMessage(clean(string(value)))
}

// cutStart is how much of a large value is shown.
const cutStart = 1 << 10

func (h *History) cutText(text string, size *int) string {
	text = clean(text)
	if limit := h.config.MaxValue; limit >= 0 && len(text) > limit {
		text = strings.ToValidUTF8(text[:limit], "") + "…"
	}
	*size += len(text)
	return text
}
