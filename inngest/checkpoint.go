package inngest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"sync/atomic"
	"time"

	"github.com/gowebpki/jcs"
)

const (
	// checkpointTimeout bounds the request that stores a step.
	checkpointTimeout = 15 * time.Second
	// checkpointPause is how long no step is stored by itself after the server could not be reached or has no such API.
	// Steps are then the answers to calls, which costs time but nothing else.
	checkpointPause = 15 * time.Second
)

// CheckpointStats counts what a client has stored of steps while calls went on.
type CheckpointStats struct {
	// Stored is how many steps were stored.
	Stored int64
	// Failed is how many requests have failed. The result of a step became the answer to its call instead.
	Failed int64
}

// CheckpointStats returns what has been counted since the client was made.
func (c *Client) CheckpointStats() CheckpointStats {
	return CheckpointStats{Stored: c.checkpoints.stored.Load(), Failed: c.checkpoints.failed.Load()}
}

// Drain makes calls in progress end with the step that they execute, instead of going on to the next one, so that a
// server which is shutting down does not have to wait for whole runs. Calls that come in later are served in the same
// way. There is no way back.
func (c *Client) Drain() { c.checkpoints.drained.Store(true) }

// checkpoints is what the calls of a client share about storing steps.
type checkpoints struct {
	stored, failed atomic.Int64
	// until is the time, in nanoseconds, to which nothing is stored.
	until   atomic.Int64
	drained atomic.Bool
}

// open reports whether steps are to be stored at the moment.
func (c *checkpoints) open() bool {
	return !c.drained.Load() && time.Now().UnixNano() >= c.until.Load()
}

// runStored executes a step, stores its result and returns it. A result that cannot be stored is the answer to the call.
func (t *stepTools) runStored(ctx context.Context, id string, fn stepFunc) (json.RawMessage, error) {
	before := t.held
	t.held = nil
	before.meanwhile(ctx, t)
	start := time.Now()
	out, err := t.execute(ctx, id, fn)
	steps := before.unsent()
	switch {
	case err == nil && holds(id):
		t.hold(id, out, start)
		return t.asStored(out), nil
	case err == nil && t.storesSteps():
		// While the step was executed the client may have been drained, or the call have become long: then this is its end.
		if t.store(ctx, append(steps, newStepOperation(id, out, start))) == nil {
			return t.asStored(out), nil
		}
	case len(steps) > 0:
		_ = t.store(ctx, steps) // if that fails, loading is repeated
	}
	return t.report(ctx, id, func(context.Context) (json.RawMessage, error) { return out, err })
}

// asStored returns the result of a step as the next call gets it: what is computed from it must be the same then. The
// server sends results in canonical form.
func (t *stepTools) asStored(out json.RawMessage) json.RawMessage {
	if canonical, err := jcs.Transform(out); err == nil {
		out = canonical
	}
	return restore(out)
}

// newStepOperation returns what the server is to know of a step that has succeeded.
func newStepOperation(id string, out json.RawMessage, start time.Time) stepOperation {
	return stepOperation{
		Op: "StepRun", ID: hashStep(id), Name: id, Data: out, Userland: stepUserland{ID: id},
		Timing: stepTiming{Start: start.UnixNano(), Duration: time.Since(start).Nanoseconds()},
	}
}

// store gives the server the results of steps. What they have done is done, so this is tried even if the caller has gone:
// a result that the server does not have means that the step is executed again.
func (t *stepTools) store(ctx context.Context, steps []stepOperation) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), checkpointTimeout)
	defer cancel()
	c, counters := t.call, &t.client.checkpoints
	body, err := json.Marshal(checkpointRequest{
		RunID: c.runID, FunctionID: c.functionUUID, QueueItem: c.queueItem, RequestID: c.requestID,
		GenerationID: c.generation, Started: c.started.UnixMilli(), Steps: steps,
	})
	if err == nil {
		header := http.Header{"Content-Type": {"application/json"}}
		err = t.client.callAPI(ctx, http.MethodPost, c.checkpointPath(), header, body, nil)
	}
	if err == nil {
		counters.stored.Add(int64(len(steps)))
		c.stored += len(steps)
		return nil
	}
	counters.failed.Add(1)
	c.notStored++
	if concernsAllRuns(err) {
		counters.until.Store(time.Now().Add(checkpointPause).UnixNano())
	}
	last := steps[len(steps)-1].Name
	t.stepLogger(last).Warn("steps could not be stored by themselves", "error", err)
	return fmt.Errorf("store step %q: %w", last, err)
}

// concernsAllRuns reports whether an error says something about the server and nothing about the run, which may have
// been cancelled, or the step, whose result may be too large together with the others.
func concernsAllRuns(err error) bool {
	var answer *apiStatusError
	if !errors.As(err, &answer) {
		return true
	}
	switch answer.status {
	case http.StatusBadRequest, http.StatusConflict, http.StatusGone, http.StatusRequestEntityTooLarge:
		return false
	}
	return true
}
