package inngest

import (
	"context"
	"encoding/json"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"time"
)

// A wait is registered when the server has handled the answer to a call, an announcement is executed by a call after that,
// and what comes after the event, by a call after that one: three calls are the least for whoever is not answered at
// once. Whoever is, for instance by a program, needs two: the call that has executed the announcement lingers for a
// moment, and if the event is there it goes on with the run.
//
// That is safe because the announcement has no result meanwhile. The server goes on by itself only when all steps of a
// group have one; so as long as the announcement has none no other call of the run is made, and the one that stores its
// result, without answering, is the only one that goes on.

// lingerTimes are how long to wait before each look at the state of the run, 200 ms in all.
var lingerTimes = []time.Duration{
	10 * time.Millisecond, 15 * time.Millisecond, 25 * time.Millisecond, 40 * time.Millisecond, 50 * time.Millisecond,
	60 * time.Millisecond,
}

const (
	// lingerState is how large the state of a run may be to be looked at repeatedly, in bytes.
	lingerState = 256 << 10
	// groupVersion is the version of the protocol from which on the server knows which steps of a group have no result.
	groupVersion = 2
	// wentOnMember marks the result of an announcement whose call has gone on with the run. If that call is repeated, it is
	// not for the announcement any more.
	wentOnMember = "$went_on"
)

// lingers reports whether the call of an announcement waits for the event for a moment.
func (t *stepTools) lingers() bool {
	c, size := t.call, 0
	for _, memo := range c.steps {
		size += len(memo)
	}
	return t.checkpoints == CheckpointEachStep && c.attempt == 0 && c.version >= groupVersion && size <= lingerState &&
		t.client.checkpoints.open()
}

// goOn waits for the event that an announcement which has just been executed has caused, and reports whether the call is
// to go on with the run.
func (t *stepTools) goOn(ctx context.Context, wait, announce string, start time.Time) bool {
	if !t.lingers() {
		return false
	}
	memo, ok := t.linger(ctx, wait)
	if !ok {
		return false
	}
	marker := json.RawMessage(`{"` + wentOnMember + `":true}`)
	if t.store(ctx, []stepOperation{newStepOperation(announce, marker, start)}) != nil {
		return false
	}
	stored, err := json.Marshal(map[string]json.RawMessage{"data": marker})
	if err != nil {
		return false // cannot happen
	}
	t.call.next = map[string]json.RawMessage{hashStep(wait): memo, hashStep(announce): stored}
	return true
}

// linger returns the result of a wait if it is there soon.
func (t *stepTools) linger(ctx context.Context, wait string) (json.RawMessage, bool) {
	path := "/v0/runs/" + url.PathEscape(t.call.runID) + "/actions"
	for _, d := range lingerTimes {
		select {
		case <-ctx.Done():
			return nil, false
		case <-time.After(d):
		}
		var steps map[string]json.RawMessage
		if t.client.callAPI(ctx, http.MethodGet, path, nil, nil, &steps) != nil {
			return nil, false
		}
		if memo, ok := steps[hashStep(wait)]; ok {
			return memo, true
		}
	}
	return nil, false
}

// wentOn reports whether a call is a repetition of one that has gone on with the run after the step it was made for.
func (e *envelope) wentOn(target string) bool {
	var memo struct {
		Data map[string]json.RawMessage `json:"data"`
	}
	return target != "" && json.Unmarshal(e.Steps[target], &memo) == nil && string(memo.Data[wentOnMember]) == "true"
}

// discover makes e the call that the server would make next, with the given results, to find out how the run goes on.
func (e *envelope) discover(results map[string]json.RawMessage) {
	e.Steps = maps.Clone(e.Steps)
	if e.Steps == nil {
		e.Steps = map[string]json.RawMessage{}
	}
	for _, hash := range slices.Sorted(maps.Keys(results)) {
		e.Steps[hash] = results[hash]
		e.Context.Stack.Stack = append(slices.Clip(e.Context.Stack.Stack), hash)
		e.Context.Stack.Current = len(e.Context.Stack.Stack)
	}
	e.Context.PlanOnly = false
}

// untarget returns the request for a call that is to find out how the run goes on.
func (e *envelope) untarget(r *http.Request, body []byte) (*http.Request, []byte, error) {
	body, err := e.rewrite(body)
	if err != nil {
		return nil, nil, err
	}
	var all, context map[string]json.RawMessage
	if err := json.Unmarshal(body, &all); err != nil {
		return nil, nil, err
	}
	if err := json.Unmarshal(all["ctx"], &context); err != nil {
		return nil, nil, err
	}
	stack, err := json.Marshal(map[string]any{"stack": e.Context.Stack.Stack, "current": e.Context.Stack.Current})
	if err != nil {
		return nil, nil, err
	}
	context["stack"], context["step_id"], context["disable_immediate_execution"] = stack, json.RawMessage(`"step"`), json.RawMessage("false")
	if all["ctx"], err = json.Marshal(context); err != nil {
		return nil, nil, err
	}
	if body, err = json.Marshal(all); err != nil {
		return nil, nil, err
	}
	r = r.Clone(r.Context())
	query := r.URL.Query()
	query.Set("stepId", "step")
	r.URL.RawQuery = query.Encode()
	return r, body, nil
}
