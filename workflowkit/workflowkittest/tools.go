package workflowkittest

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/workflowkit/workflowkit-go/workflowkit"
)

// tools are the durable steps of one pass.
type tools struct {
	b        *backend
	target   string
	parallel bool
	calls    map[string]int
	// asked are the keys of the steps that the last call has asked for.
	asked []string
	watch workflowkit.StepWatcher
}

var (
	_ workflowkit.Tools        = (*tools)(nil)
	_ workflowkit.StepFailures = (*tools)(nil)
	_ workflowkit.StepResults  = (*tools)(nil)
)

// first returns the key of the first step of a call. See key.
func (t *tools) first(id string) string {
	t.asked = t.asked[:0]
	return t.key(id)
}

// key tells repeated ids apart by the order of their calls.
func (t *tools) key(id string) string {
	n := t.calls[id]
	t.calls[id]++
	key := id
	if n > 0 {
		key = fmt.Sprintf("%s:%d", id, n)
	}
	t.asked = append(t.asked, key)
	return key
}

// Result implements workflowkit.StepResults.
func (t *tools) Result(_ context.Context, id string) (json.RawMessage, bool, error) {
	key := id
	if n := t.calls[id]; n > 0 {
		key = fmt.Sprintf("%s:%d", id, n)
	}
	m, ok := t.b.memo[key]
	if !ok {
		return nil, false, nil
	}
	t.first(id)
	if m.err != nil {
		return nil, true, m.err
	}
	return m.output, true, nil
}

// Run implements workflowkit.Tools.
func (t *tools) Run(ctx context.Context, id string, fn func(ctx context.Context) (json.RawMessage, error)) (json.RawMessage, error) {
	return t.run(ctx, t.first(id), id, "run", fn)
}

func (t *tools) run(ctx context.Context, key, id, op string, fn func(ctx context.Context) (json.RawMessage, error)) (json.RawMessage, error) {
	if m, ok := t.b.memo[key]; ok {
		if m.err != nil {
			return nil, m.err
		}
		return m.output, nil
	}
	if raw, ok := t.b.fake(id); ok {
		t.b.store(key, op, memo{output: raw})
		return t.after(raw)
	}
	if retry, ok := t.b.timers[key]; ok && retry.After(t.b.now) {
		t.b.await(key)
		return nil, workflowkit.ErrSuspended
	}
	if t.parallel && t.b.random != nil && t.target != key {
		if t.target == "" {
			t.b.planned = append(t.b.planned, key)
		}
		return nil, workflowkit.ErrSuspended
	}
	attempt := t.b.tries[key]
	t.b.tries[key]++
	ended := func(error, bool) {}
	if t.watch != nil {
		ctx, ended = t.watch(ctx, key, attempt)
	}
	returned := false
	defer func() {
		if !returned {
			// The function panicked, or ended its goroutine: there will never be a result.
			t.b.store(key, op, memo{err: &workflowkit.StepError{StepID: stepID(id), Name: "Step failed", Message: "step ended its goroutine"}})
		}
	}()
	raw, err := t.b.attempt(workflowkit.WithStepAttempt(ctx, attempt), id, fn)
	returned = true
	ended(err, err != nil && (workflowkit.IsNoRetryError(err) || t.b.tries[key] > t.b.retriesOf(ctx)))
	switch {
	case err == nil:
		t.b.store(key, op, memo{output: raw})
		return t.after(raw)
	case ctx.Err() != nil:
		return nil, err
	case workflowkit.IsNoRetryError(err) || t.b.tries[key] > t.b.retriesOf(ctx):
		failed := &workflowkit.StepError{StepID: stepID(id), Name: "Step failed", Message: err.Error()}
		t.b.store(key, op, memo{err: failed})
		if t.b.random != nil {
			return nil, workflowkit.ErrSuspended
		}
		return nil, failed
	}
	t.b.timers[key] = t.b.now.Add(backoff(t.b.tries[key]))
	if at, ok := workflowkit.RetryAt(err); ok {
		t.b.timers[key] = at
	}
	t.b.await(key)
	return nil, workflowkit.ErrSuspended
}

// after returns a fresh result, or ends the pass if each step has its own.
func (t *tools) after(raw json.RawMessage) (json.RawMessage, error) {
	if t.b.random != nil {
		return nil, workflowkit.ErrSuspended
	}
	return raw, nil
}

// backoff is the virtual time before another attempt.
func backoff(tries int) time.Duration { return time.Second << min(tries, 10) }

func stepID(id string) string {
	_, step, found := strings.Cut(id, "/")
	if !found {
		return id
	}
	return step
}

// fake returns the faked result of a step.
func (b *backend) fake(id string) (json.RawMessage, bool) {
	for _, name := range []string{id, stepID(id)} {
		if raw, ok := b.steps[name]; ok {
			b.used[name] = true
			return raw, true
		}
	}
	return nil, false
}

// attempt calls a step's function, or makes it fail.
func (b *backend) attempt(ctx context.Context, id string, fn func(ctx context.Context) (json.RawMessage, error)) (json.RawMessage, error) {
	for _, name := range []string{id, stepID(id)} {
		if f := b.failures[name]; f != nil && f.times > 0 {
			f.times--
			b.used[name] = true
			return nil, f.err
		}
	}
	return fn(ctx)
}

// Sleep implements workflowkit.Tools.
func (t *tools) Sleep(_ context.Context, id string, d time.Duration) error {
	return t.sleep(t.first(id), t.b.now.Add(d))
}

// SleepUntil implements workflowkit.Tools.
func (t *tools) SleepUntil(_ context.Context, id string, at time.Time) error {
	return t.sleep(t.first(id), at)
}

func (t *tools) sleep(key string, until time.Time) error {
	if _, ok := t.b.memo[key]; ok {
		return nil
	}
	due, ok := t.b.timers[key]
	if !ok {
		due = until
		t.b.timers[key] = due
	}
	if due.After(t.b.now) {
		t.b.await(key)
		return workflowkit.ErrSuspended
	}
	t.b.store(key, "sleep", memo{})
	return nil
}

// WaitForEvent implements workflowkit.Tools.
func (t *tools) WaitForEvent(ctx context.Context, id string, opts workflowkit.WaitForEventOpts) (workflowkit.Event, error) {
	event, err := t.wait(t.first(id), opts)
	if opts.Announce == nil {
		return event, err
	}
	// The wait is registered: the announcement may be seen from now on.
	announce := func(ctx context.Context) (json.RawMessage, error) {
		return json.RawMessage("null"), opts.Announce.Run(ctx)
	}
	if _, err := t.run(ctx, t.key(opts.Announce.StepID), opts.Announce.StepID, "run", announce); err != nil {
		return workflowkit.Event{}, err
	}
	return event, err
}

func (t *tools) wait(key string, opts workflowkit.WaitForEventOpts) (workflowkit.Event, error) {
	if m, ok := t.b.memo[key]; ok {
		if m.event == nil {
			return workflowkit.Event{}, workflowkit.ErrEventNotReceived
		}
		return *m.event, nil
	}
	w := t.b.waits[key]
	if w == nil {
		if _, err := matches(opts.If, t.b.event, workflowkit.Event{Name: opts.Event}); err != nil {
			return workflowkit.Event{}, workflowkit.NoRetryError(err)
		}
		w = &wait{opts: opts, deadline: t.b.now.Add(opts.Timeout)}
		t.b.waits[key], t.b.timers[key] = w, w.deadline
	}
	switch {
	case w.matched != nil:
		raw, err := json.Marshal(w.matched)
		if err != nil {
			return workflowkit.Event{}, fmt.Errorf("event %q: %w", w.matched.Name, err)
		}
		t.b.store(key, "wait", memo{output: raw, event: w.matched})
		return *w.matched, nil
	case !t.b.now.Before(w.deadline):
		t.b.store(key, "wait", memo{output: json.RawMessage("null")})
		return workflowkit.Event{}, workflowkit.ErrEventNotReceived
	}
	t.b.await(key)
	return workflowkit.Event{}, workflowkit.ErrSuspended
}

// Invoke implements workflowkit.Tools.
func (t *tools) Invoke(ctx context.Context, id string, opts workflowkit.InvokeOpts) (json.RawMessage, error) {
	return t.run(ctx, t.first(id), id, "invoke", func(context.Context) (json.RawMessage, error) {
		f := t.b.functions[opts.Function]
		if f == nil {
			return nil, workflowkit.NoRetryError(fmt.Errorf("function %q is not faked; use WithFunction", opts.Function))
		}
		t.b.used[opts.Function] = true
		data, err := json.Marshal(opts.Data)
		if err != nil {
			return nil, workflowkit.NoRetryError(fmt.Errorf("data for function %q: %w", opts.Function, err))
		}
		out, err := f(data)
		if err != nil {
			return nil, workflowkit.NoRetryError(err)
		}
		return json.Marshal(out)
	})
}

// SendEvents implements workflowkit.Tools.
func (t *tools) SendEvents(ctx context.Context, id string, events []workflowkit.Event) ([]string, error) {
	raw, err := t.run(ctx, t.first(id), id, "send", func(context.Context) (json.RawMessage, error) {
		ids := make([]string, len(events))
		for i, event := range events {
			ids[i] = event.ID
			t.b.result.Sent = append(t.b.result.Sent, event)
			t.b.deliver(event)
		}
		return json.Marshal(ids)
	})
	if err != nil {
		return nil, err
	}
	var ids []string
	if err := json.Unmarshal(raw, &ids); err != nil {
		return nil, fmt.Errorf("fake of step %q: %w", id, err)
	}
	return ids, nil
}

// Parallel implements workflowkit.Tools.
func (t *tools) Parallel(ctx context.Context, _ workflowkit.ForkMode, branches []func(ctx context.Context) error) error {
	t.parallel = true
	defer func() { t.parallel = false }()
	var pending error
	for _, branch := range branches {
		if err := branch(ctx); err != nil {
			pending = err
		}
	}
	return pending
}

// Targeted implements workflowkit.Tools.
func (t *tools) Targeted(id string) bool { return t.target == id }

// Failed implements workflowkit.StepFailures.
func (t *tools) Failed(id string) bool { return t.b.memo[id].err != nil }

// Quiet implements workflowkit.StepFailures.
func (t *tools) Quiet() bool { return t.target == "" && !t.b.failed }

// Planning implements workflowkit.StepFailures.
func (t *tools) Planning() bool { return t.b.random != nil && t.target == "" }

// retriesOf returns how often a step is tried again.
func (b *backend) retriesOf(ctx context.Context) int {
	if retries := workflowkit.StepOptionsFrom(ctx).Retries; retries != nil {
		return *retries
	}
	return b.retries
}
