package inngest

import (
	"context"
	"crypto/sha1" //nolint:gosec // the protocol names steps by it
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"github.com/inngest/inngestgo/group"
	"github.com/inngest/inngestgo/step"

	"github.com/workflowkit/workflowkit-go/workflowkit"
)

// maxWait is the longest time that Inngest sleeps or waits.
const maxWait = workflowkit.MaxDuration

// stepTools are the durable steps of one call. They are not safe for concurrent use; the engine calls one at a time.
type stepTools struct {
	client *Client
	call   *call
	logger *slog.Logger
	// checkpoints is the function's choice.
	checkpoints CheckpointMode

	used   map[string]bool           // ids of steps in this call
	hashed struct{ id, hash string } // the last id that was hashed
	hijack any                       // what inngestgo panicked with last
	held   *held                     // a result that is not stored yet
	racing bool                      // a wait is still registered that nobody waits for; see perform
	ended  bool                      // inngestgo has ended the serial part of the call: nothing can be asked of it any more

	progress
}

var (
	_ workflowkit.Tools        = (*stepTools)(nil)
	_ workflowkit.StepFailures = (*stepTools)(nil)
	_ workflowkit.StepResults  = (*stepTools)(nil)
)

func newStepTools(client *Client, c *call, mode CheckpointMode, logger *slog.Logger) *stepTools {
	return &stepTools{client: client, call: c, checkpoints: mode, logger: logger, used: make(map[string]bool, len(c.steps))}
}

// branchKey marks the contexts of branches that may be executed concurrently.
type branchKey struct{}

func inBranch(ctx context.Context) bool { return ctx.Value(branchKey{}) != nil }

// begin checks that a step can be called now and returns the id by which the server knows it: the given one, or with a
// counter if it repeats one. inngestgo would count by itself, but then the results of steps could not be looked up.
func (t *stepTools) begin(ctx context.Context, id string) (string, error) {
	unique, err := t.identify(ctx, id)
	if err == nil {
		err = t.flush(ctx)
	}
	return unique, err
}

// identify is begin for a step that may be stored together with what is held.
func (t *stepTools) identify(ctx context.Context, id string) (string, error) {
	if t.ended {
		return "", workflowkit.ErrSuspended
	}
	// inngestgo takes a context that is over for its own doing, and would end the run as if it were complete.
	if err := ctx.Err(); err != nil {
		return "", context.Cause(ctx)
	}
	unique := t.unique(id)
	t.used[unique] = true
	t.ask(unique)
	return unique, nil
}

// unique returns the id by which the server knows a step that is called now.
func (t *stepTools) unique(id string) string {
	unique := id
	for n := 1; t.used[unique]; n++ {
		unique = fmt.Sprintf("%s:%d", id, n)
	}
	return unique
}

// perform calls f, which calls inngestgo for the step with the given id.
//
// The server goes on with a serial run only when nothing is pending. After an announcement has failed its wait still is,
// perhaps for days, so the steps that follow are reported in race mode, each as a group of its own. That is safe though
// there is no barrier: steps of a group are planned, so no two calls execute the same one. A step that is to have
// attempts of its own is a group, too: they are those of a call that is made for it alone.
func (t *stepTools) perform(ctx context.Context, id string, f func(ctx context.Context) error) error {
	if t.foreign(ctx, id) {
		return workflowkit.ErrSuspended
	}
	alone := group.ParallelOpts{}
	if t.racing {
		alone.ParallelMode = parallelRace
	}
	if inBranch(ctx) || !t.racing && !workflowkit.StepOptionsFrom(ctx).Isolated {
		return t.ending(ctx, t.guard(id, func() error { return f(ctx) }))
	}
	return t.ending(ctx, t.guard(id, func() (err error) {
		group.ParallelWithOpts(ctx, alone, func(ctx context.Context) (any, error) {
			err = f(asBranch(ctx))
			return nil, nil
		})
		return err
	}))
}

// ending returns err, and notes if it ends the pass: outside of branches inngestgo does nothing more then.
func (t *stepTools) ending(ctx context.Context, err error) error {
	if errors.Is(err, workflowkit.ErrSuspended) && !inBranch(ctx) {
		t.ended = true
	}
	return err
}

// result returns the stored result of a step, and whether there is one.
func (t *stepTools) result(id string) (json.RawMessage, bool) {
	memo, ok := t.call.steps[t.hash(id)]
	return memo, ok
}

// failure returns the stored error of a step, or nil if it has no result or succeeded.
func (t *stepTools) failure(id string) error {
	memo, ok := t.result(id)
	if !ok {
		return nil
	}
	var stored struct {
		Error *struct {
			Name    string          `json:"name"`
			Message string          `json:"message"`
			Data    json.RawMessage `json:"data"`
		} `json:"error"`
	}
	if json.Unmarshal(memo, &stored) != nil || stored.Error == nil {
		return nil
	}
	return newStepError(id, stored.Error.Name, stored.Error.Message, stored.Error.Data)
}

// Targeted implements [workflowkit.Tools].
func (t *stepTools) Targeted(id string) bool {
	return t.call.target != "" && t.call.target == t.hash(id)
}

// hash is hashStep. One step is looked up several times.
func (t *stepTools) hash(id string) string {
	if t.hashed.id != id || t.hashed.hash == "" {
		t.hashed.id, t.hashed.hash = id, hashStep(id)
	}
	return t.hashed.hash
}

func hashStep(id string) string {
	sum := sha1.Sum([]byte(id)) //nolint:gosec // see the import
	return hex.EncodeToString(sum[:])
}

// Sleep implements [workflowkit.Tools]. A sleep of no time is a sleep of a moment, so that each replay counts the same
// steps.
func (t *stepTools) Sleep(ctx context.Context, id string, d time.Duration) error {
	if d > maxWait {
		return workflowkit.NoRetryError(fmt.Errorf("step %q: sleep of %v, Inngest allows at most %v", stepName(id), d, maxWait))
	}
	unique, err := t.begin(ctx, id)
	if err != nil {
		return err
	}
	return t.perform(ctx, unique, func(ctx context.Context) error {
		step.Sleep(ctx, unique, max(d, time.Millisecond))
		return nil
	})
}

// SleepUntil implements [workflowkit.Tools].
func (t *stepTools) SleepUntil(ctx context.Context, id string, at time.Time) error {
	return t.Sleep(ctx, id, time.Until(at))
}

// stepLogger returns a logger for lines about a step.
func (t *stepTools) stepLogger(id string) *slog.Logger {
	if action, name, ok := strings.Cut(id, "/"); ok {
		return t.logger.With("action_id", action, "step_id", name)
	}
	return t.logger.With("step_id", id)
}

// stepName returns the id of a step without that of its action.
func stepName(id string) string {
	if _, name, ok := strings.Cut(id, "/"); ok {
		return name
	}
	return id
}

func newStepError(id, name, message string, data json.RawMessage) error {
	if string(data) == "null" {
		data = nil
	}
	return &workflowkit.StepError{StepID: stepName(id), Name: name, Message: message, Data: data}
}
