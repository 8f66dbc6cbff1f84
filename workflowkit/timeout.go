package workflowkit

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"time"
)

// limited stands between the handler of an action with a timeout and the tools. An attempt of the action begins with the
// action, or when a step of it is tried again. When that was is part of the run's state, and so is whatever else is
// compared with it, because every replay has to come to the same end.
type limited struct {
	Tools
	x       *execution
	n       *node
	timeout time.Duration
	// start is when the attempt began. It is zero as long as nobody needed to know.
	start time.Time
	// waits counts the steps that wait, after the first step of the action.
	waits int
	// steps says that the action has called a step.
	steps bool
	// expired is the error of an action that has timed out for good, whatever its handler makes of that.
	expired error
	// outside is since when the handler has been outside of its steps, and late says that it has returned after it was given
	// up. The node's mutex guards them.
	outside time.Time
	late    bool
}

// startID is the step in which an action with a timeout notes when it has begun. Further notes are numbered.
const startID = "/$start"

// limit holds a node to a timeout.
func (x *execution) limit(n *node, timeout time.Duration) {
	n.limited = &limited{Tools: x.tools, x: x, n: n, timeout: timeout}
}

func (l *limited) err() error { return &TimeoutError{ActionID: l.n.run.Action.ID, After: l.timeout} }

// expire notes that the action has timed out. No other attempt can make it earlier.
func (l *limited) expire() error {
	l.expired = NoRetryError(l.err())
	return l.expired
}

// begin finds out when the attempt began.
func (l *limited) begin(ctx context.Context) (err error) {
	if l.start.IsZero() {
		l.start, err = l.note(ctx, startID)
	}
	return err
}

// note makes the present time part of the run's state.
func (l *limited) note(ctx context.Context, id string) (time.Time, error) {
	raw, err := l.Tools.Run(ctx, l.n.steps.action+id, func(context.Context) (json.RawMessage, error) {
		return strconv.AppendInt(nil, l.x.now().UnixMilli(), 10), nil
	})
	if err != nil {
		return time.Time{}, err
	}
	ms, err := strconv.ParseInt(string(raw), 10, 64)
	if err != nil {
		return time.Time{}, NoRetryError(fmt.Errorf("read when action %q began: %w", l.n.steps.action, err))
	}
	return time.UnixMilli(ms), nil
}

// left returns how much of the attempt is left for a step that waits, and the time at which the step begins. An action
// that consists of one such step needs no note of when it began.
func (l *limited) left(ctx context.Context, absolute bool) (left time.Duration, now time.Time, err error) {
	first := !l.steps
	l.steps = true
	if l.n.kind.single && first && !absolute {
		return l.timeout, now, nil
	}
	if err := l.begin(ctx); err != nil {
		return 0, now, err
	}
	now = l.start
	if !first {
		l.waits++
		if now, err = l.note(ctx, startID+"."+strconv.Itoa(l.waits)); err != nil {
			return 0, now, err
		}
	}
	if left = l.timeout - now.Sub(l.start); left <= 0 {
		return 0, now, l.expire()
	}
	return left, now, nil
}

// now returns the time of the backend.
func (x *execution) now() time.Time {
	if progress, ok := bare(x.tools).(Progress); ok {
		return progress.Now()
	}
	return time.Now()
}

// Run implements Tools.
func (l *limited) Run(ctx context.Context, id string, fn func(ctx context.Context) (json.RawMessage, error)) (json.RawMessage, error) {
	l.steps = true
	if err := l.begin(ctx); err != nil {
		return nil, err
	}
	raw, err := l.Tools.Run(ctx, id, func(ctx context.Context) (json.RawMessage, error) {
		began, left := l.attempt(ctx)
		raw, err := l.within(ctx, id, left, fn)
		if err == nil && began != l.start {
			raw, err = json.Marshal(attempted{Started: began.UnixMilli(), Result: raw})
		}
		return raw, err
	})
	if err != nil {
		return nil, l.judge(err)
	}
	return l.unwrap(raw), nil
}

// judge looks at the error of a step: one that has timed out in its last attempt is the action's.
func (l *limited) judge(err error) error {
	var failed *StepError
	if errors.As(err, &failed) && failed.Message == l.err().Error() {
		l.expired = err
	}
	return err
}

// attempt returns when the attempt began in which a step's function is called, and how much of it is left.
func (l *limited) attempt(ctx context.Context) (began time.Time, left time.Duration) {
	now := l.x.now()
	if l.n.stepAttempt(ctx) > 0 || l.start.IsZero() {
		return now.Truncate(time.Millisecond), l.timeout
	}
	return l.start, l.timeout - now.Sub(l.start)
}

// attempted is the stored result of a step that was tried again: the attempt of the action began then.
type attempted struct {
	Result  json.RawMessage `json:"$result"`
	Started int64           `json:"$started"`
}

// unwrap returns the result of a step, and notes when the attempt began if it is another one.
func (l *limited) unwrap(raw json.RawMessage) json.RawMessage {
	if jsonKind(raw) != "object" {
		return raw
	}
	var members map[string]json.RawMessage
	var again attempted
	if json.Unmarshal(raw, &members) != nil || len(members) != 2 || len(members["$result"]) == 0 ||
		json.Unmarshal(raw, &again) != nil || again.Started == 0 {
		return raw
	}
	l.start = time.UnixMilli(again.Started)
	return members["$result"]
}

// outcome returns what has become of the action, given what its handler has returned.
func (l *limited) outcome(out json.RawMessage, err error) (json.RawMessage, error) {
	if l.expired != nil && !errors.Is(err, ErrSuspended) {
		return nil, l.expired
	}
	return out, err
}

// Sleep implements Tools.
func (l *limited) Sleep(ctx context.Context, id string, d time.Duration) error {
	left, _, err := l.left(ctx, false)
	switch {
	case err != nil:
		return err
	case d <= left:
		return l.Tools.Sleep(ctx, id, d)
	}
	if err := l.Tools.Sleep(ctx, id, left); err != nil {
		return err
	}
	return l.expire()
}

// SleepUntil implements Tools.
func (l *limited) SleepUntil(ctx context.Context, id string, t time.Time) error {
	left, now, err := l.left(ctx, true)
	if err != nil {
		return err
	}
	end := now.Add(left)
	if !t.After(end) {
		return l.Tools.SleepUntil(ctx, id, t)
	}
	if err := l.Tools.SleepUntil(ctx, id, end); err != nil {
		return err
	}
	return l.expire()
}

// WaitForEvent implements Tools.
func (l *limited) WaitForEvent(ctx context.Context, id string, opts WaitForEventOpts) (Event, error) {
	left, _, err := l.left(ctx, false)
	if err != nil {
		return Event{}, err
	}
	if opts.Announce != nil {
		opts.Announce = l.announcement(opts.Announce)
	}
	cut := opts.Timeout > left
	if cut {
		opts.Timeout = left
	}
	event, err := l.Tools.WaitForEvent(ctx, id, opts)
	if cut && errors.Is(err, ErrEventNotReceived) {
		err = l.expire()
	}
	return event, l.judge(err)
}

func (l *limited) announcement(a *Announcement) *Announcement {
	return &Announcement{StepID: a.StepID, Run: func(ctx context.Context) error {
		_, left := l.attempt(ctx)
		_, err := l.within(ctx, a.StepID, left, func(ctx context.Context) (json.RawMessage, error) { return nil, a.Run(ctx) })
		return err
	}}
}

// Invoke implements Tools.
func (l *limited) Invoke(ctx context.Context, id string, opts InvokeOpts) (json.RawMessage, error) {
	left, _, err := l.left(ctx, false)
	if err != nil {
		return nil, err
	}
	cut := opts.Timeout == 0 || opts.Timeout > left
	if cut {
		opts.Timeout = left
	}
	raw, err := l.Tools.Invoke(ctx, id, opts)
	var failed *StepError
	if cut && errors.As(err, &failed) && failed.Name == InvokeTimeoutName {
		err = l.expire()
	}
	return raw, err
}

// SendEvents implements Tools. The backend holds the request to the timeout; see [WithinTimeout].
func (l *limited) SendEvents(ctx context.Context, id string, events []Event) ([]string, error) {
	l.steps = true
	if !l.n.kind.single {
		if err := l.begin(ctx); err != nil {
			return nil, err
		}
	}
	ids, err := l.Tools.SendEvents(ctx, id, events)
	return ids, l.judge(err)
}

// WithinTimeout calls the function of a step that a backend has made itself, such as the one that sends events, within the
// timeout of the action that the step belongs to.
func WithinTimeout(ctx context.Context, fn func(ctx context.Context) (json.RawMessage, error)) (json.RawMessage, error) {
	n, ok := ctx.Value(nodeKey{}).(*node)
	if !ok || n.limited == nil {
		return fn(ctx)
	}
	_, left := n.limited.attempt(ctx)
	return n.limited.within(ctx, "send", left, fn)
}
