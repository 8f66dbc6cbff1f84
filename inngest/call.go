package inngest

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"time"
)

// call is a request of the server to go on with a run. It travels with the request's context, because inngestgo passes
// on less of it: the event only after a detour over 64-bit floats, and nothing of the query.
type call struct {
	functionID string // as in the query: with the app's id
	target     string // the hash of the only step to execute; empty means to find out what comes next
	runID      string
	attempt    int
	// maxAttempts is how many there are for a step. Zero means that the server did not say.
	maxAttempts int
	// retries is how often the function wants its steps to be tried again.
	retries int
	event   json.RawMessage
	events  []json.RawMessage          // of a batch, with event as the first
	steps   map[string]json.RawMessage // results by hash
	stack   []string                   // hashes of the steps that have a result, in the order in which they got it
	current int                        // how many of them there were when the call was caused; zero if that is not known

	started      time.Time
	fetching     time.Duration // how long it took to fetch the state that the server kept back
	planOnly     bool          // the server wants to know of steps before they are executed
	functionUUID string        // these four name the call where steps are stored
	queueItem    string
	requestID    string
	generation   int

	stored, notStored int // steps that were, or were not, stored by requests of their own
	version           int // of the protocol, as the server speaks it for this run
	// next are results with which this very call goes on with the run. Nil means that it does not.
	next map[string]json.RawMessage

	suspended bool // the function has asked for another pass
	failed    bool // the function has returned an error, and that is logged
	// failures says whether a step of the run may have failed. Nil means that nobody has asked.
	failures *bool
}

// newCall reads what the query and the body of a request say about a call, except for the state.
func newCall(query url.Values, e *envelope, started time.Time) *call {
	c := &call{
		functionID: query.Get("fnId"), runID: e.Context.RunID, attempt: e.Context.Attempt, maxAttempts: e.Context.Max,
		retries: DefaultRetries, started: started, planOnly: e.Context.PlanOnly, functionUUID: e.Context.FunctionID,
		version: e.Version, queueItem: e.Context.QueueItem, requestID: e.Context.RequestID, generation: e.Context.Generation,
	}
	if target := query.Get("stepId"); target != "step" {
		c.target = target
	}
	return c
}

// envelope is the body of a call, as far as this package reads it.
type envelope struct {
	Event   json.RawMessage            `json:"event"`
	Events  []json.RawMessage          `json:"events"`
	Steps   map[string]json.RawMessage `json:"steps"`
	UseAPI  bool                       `json:"use_api"`
	Version int                        `json:"version"`
	Context *struct {
		RunID      string `json:"run_id"`
		FunctionID string `json:"fn_id"`
		QueueItem  string `json:"qi_id"`
		RequestID  string `json:"request_id"`
		Generation int    `json:"generation_id"`
		PlanOnly   bool   `json:"disable_immediate_execution"`
		Attempt    int    `json:"attempt"`
		Max        int    `json:"max_attempts"`
		UseAPI     bool   `json:"use_api"`
		Stack      struct {
			Stack   []string `json:"stack"`
			Current int      `json:"current"`
		} `json:"stack"`
	} `json:"ctx"`
}

// maxAttempt is more than servers count to. A run whose attempts are used up is given up, so the number matters.
const maxAttempt = 1000

// parseEnvelope reads the body of a call and refuses what inngestgo would take for a run without an event.
func parseEnvelope(body []byte) (*envelope, error) {
	var e envelope
	if err := json.Unmarshal(body, &e); err != nil {
		return nil, err
	}
	switch {
	case e.Context == nil:
		return nil, errors.New("ctx is missing")
	case e.Context.RunID == "":
		return nil, errors.New("ctx.run_id is missing")
	case e.Context.Attempt < 0 || e.Context.Attempt > maxAttempt:
		return nil, fmt.Errorf("ctx.attempt is %d, 0 to %d are possible", e.Context.Attempt, maxAttempt)
	case e.useAPI():
		return &e, nil
	case len(e.Event) == 0 || !isObject(e.Event):
		return nil, errors.New("event is missing")
	}
	return &e, e.checkEvents()
}

// checkEvents refuses what is no event. inngestgo would end the run for it, as if no other try could bring a better one.
func (e *envelope) checkEvents() error {
	for i, raw := range append([]json.RawMessage{e.Event}, e.Events...) {
		var event struct {
			ID   string         `json:"id"`
			Name string         `json:"name"`
			Data map[string]any `json:"data"`
			User map[string]any `json:"user"`
			TS   int64          `json:"ts"`
			V    string         `json:"v"`
		}
		if err := json.Unmarshal(raw, &event); err != nil {
			return fmt.Errorf("event %d: %w", max(i-1, 0), err)
		}
	}
	return nil
}

// useAPI reports whether the server kept events and steps back because they are too large for a request.
func (e *envelope) useAPI() bool { return e.UseAPI || e.Context.UseAPI }

// rewrite returns body with the events and steps of e.
func (e *envelope) rewrite(body []byte) ([]byte, error) {
	var all map[string]json.RawMessage
	if err := json.Unmarshal(body, &all); err != nil {
		return nil, err
	}
	for name, value := range map[string]any{"event": e.Event, "events": e.Events, "steps": e.Steps, "use_api": false} {
		raw, err := json.Marshal(value)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		all[name] = raw
	}
	return json.Marshal(all)
}

// repairErrors gives every stored error the form that inngestgo can read back, and reports whether it changed any. The
// server stores errors of its own making without data, which inngestgo answers with a failed run instead of an error
// of the step.
func (e *envelope) repairErrors() bool {
	changed := false
	for hash, memo := range e.Steps {
		if repaired, ok := repairError(memo); ok {
			e.Steps[hash], changed = repaired, true
		}
	}
	return changed
}

func repairError(memo json.RawMessage) (json.RawMessage, bool) {
	if !bytes.HasPrefix(bytes.TrimLeft(memo, " \t\r\n"), []byte(`{`)) {
		return nil, false
	}
	var stored map[string]json.RawMessage
	if !holdsError(memo) || json.Unmarshal(memo, &stored) != nil || stored["error"] == nil {
		return nil, false
	}
	var fields map[string]json.RawMessage
	var stepError struct {
		Name    string          `json:"name"`
		Message string          `json:"message"`
		Data    json.RawMessage `json:"data"`
	}
	if json.Unmarshal(stored["error"], &fields) == nil && fields["data"] != nil && json.Unmarshal(stored["error"], &stepError) == nil {
		return nil, false
	}
	if json.Unmarshal(stored["error"], &stepError) != nil {
		stepError.Name, stepError.Message = "Error", string(stored["error"])
		_ = json.Unmarshal(stored["error"], &stepError.Message) // a plain text
	}
	if len(stepError.Data) == 0 {
		stepError.Data = json.RawMessage("null")
	}
	raw, err := json.Marshal(map[string]any{"error": stepError})
	return raw, err == nil
}

type callKey struct{}

func withCall(ctx context.Context, c *call) context.Context {
	return context.WithValue(ctx, callKey{}, c)
}

// callFrom returns the call that ctx belongs to, or nil.
func callFrom(ctx context.Context) *call {
	c, _ := ctx.Value(callKey{}).(*call)
	return c
}
