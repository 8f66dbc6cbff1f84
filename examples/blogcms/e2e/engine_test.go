package e2e_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/workflowkit/workflowkit-go/inngest"
	"github.com/workflowkit/workflowkit-go/workflowkit"
)

// ledger records how often something was really done.
type ledger struct {
	mu    sync.Mutex
	done  map[string]int
	order []string
}

func (l *ledger) note(what string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.done == nil {
		l.done = map[string]int{}
	}
	l.done[what]++
	l.order = append(l.order, what)
}

func (l *ledger) has(what string) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.done[what] > 0
}

// once checks that each of the things was done exactly once, and nothing else.
func (l *ledger) once(t *testing.T, want ...string) {
	t.Helper()
	l.mu.Lock()
	defer l.mu.Unlock()
	expected := map[string]int{}
	for _, w := range want {
		expected[w] = 1
	}
	if diff := cmp.Diff(expected, l.done, cmpopts.EquateEmpty()); diff != "" {
		t.Errorf("what was done how often (-want +got):\n%s", diff)
	}
}

// steps is an action that runs inputs.steps steps one after another.
func steps(l *ledger) workflowkit.Action {
	type input struct {
		Steps int `json:"steps,omitempty" jsonschema:"default=1"`
	}
	type output struct {
		Done []string `json:"done"`
	}
	return workflowkit.Define(workflowkit.Spec{Kind: "steps"},
		func(ctx context.Context, run *workflowkit.Run, in input) (output, error) {
			var out output
			for i := range in.Steps {
				name, err := workflowkit.Step(ctx, fmt.Sprintf("s%d", i), func(context.Context) (string, error) {
					name := fmt.Sprintf("%s.s%d", run.Action.ID, i)
					l.note(name)
					return name, nil
				})
				if err != nil {
					return out, err
				}
				out.Done = append(out.Done, name)
			}
			return out, nil
		})
}

// await is an action that waits for an event whose data.id is that of the run's event.
func await(l *ledger, event string) workflowkit.Action {
	type input struct {
		Seconds int `json:"seconds,omitempty" jsonschema:"default=3600"`
	}
	type output struct {
		Received bool `json:"received"`
	}
	return workflowkit.Define(workflowkit.Spec{Kind: "await"},
		func(ctx context.Context, run *workflowkit.Run, in input) (output, error) {
			_, err := workflowkit.WaitForEvent(ctx, "wait", workflowkit.WaitForEventOpts{
				Event: event, If: "async.data.id == event.data.id", Timeout: time.Duration(in.Seconds) * time.Second,
				Announce: &workflowkit.Announcement{StepID: "announce", Run: func(context.Context) error {
					l.note(run.Action.ID + ".announced")
					return nil
				}},
			})
			if errors.Is(err, workflowkit.ErrEventNotReceived) {
				return output{}, nil
			}
			return output{Received: err == nil}, err
		})
}

func constantLoader(definition string) workflowkit.Option {
	return workflowkit.WithLoader(workflowkit.LoaderFunc(func(context.Context, workflowkit.Event) (*workflowkit.Definition, error) {
		return &workflowkit.Definition{ID: "1", JSON: json.RawMessage(definition)}, nil
	}))
}

func newEngine(t *testing.T, options ...workflowkit.Option) *workflowkit.Engine {
	t.Helper()
	engine, err := workflowkit.New(options...)
	if err != nil {
		t.Fatal(err)
	}
	return engine
}

const (
	functionID = "workflow"
	slugSep    = "-"
)

func (b *bed) function(t *testing.T) string {
	t.Helper()
	return "e2e-" + slug(t) + slugSep + functionID
}

// statuses returns the status of each action.
func statuses(r workflowkit.Result) map[string]workflowkit.Status {
	out := map[string]workflowkit.Status{}
	for _, a := range r.Actions {
		out[a.ID] = a.Status
	}
	return out
}

// TestForkWhileOneBranchWaits holds rule 5: a wait in one branch does not hold up the other, and the join waits for both.
func TestForkWhileOneBranchWaits(t *testing.T) {
	t.Parallel()
	var l ledger
	event, answer := "e2e/"+slug(t), "e2e/answer-"+slug(t)
	b := newBed(t, newEngine(t, workflowkit.WithActions(steps(&l), await(&l, answer)), constantLoader(`{
		"actions":[{"id":"a","kind":"steps","inputs":{"steps":2}},{"id":"w","kind":"await"},
			{"id":"c","kind":"steps","inputs":{"steps":3}},{"id":"d","kind":"steps"},{"id":"j","kind":"steps"},{"id":"k","kind":"steps"}],
		"edges":[{"from":"$source","to":"a"},{"from":"a","to":"w"},{"from":"a","to":"c"},{"from":"c","to":"d"},
			{"from":"w","to":"j"},{"from":"d","to":"j"},{"from":"j","to":"k"}]}`)),
		inngest.Function{ID: functionID, Events: []string{event}})
	id := b.send(t, event, map[string]string{"id": "42"})
	eventually(t, "the other branch to finish while one waits", func() error {
		if !l.has("d.s0") || !l.has("w.announced") {
			return errors.New("not yet")
		}
		return nil
	})
	if l.has("j.s0") {
		t.Fatal("rule 3: the join ran before its waiting parent")
	}
	b.send(t, answer, map[string]string{"id": "another"})
	b.send(t, answer, map[string]string{"id": "42"})
	result := b.wait(t, id, b.function(t)).result(t)
	l.once(t, "a.s0", "a.s1", "w.announced", "c.s0", "c.s1", "c.s2", "d.s0", "j.s0", "k.s0")
	if out, _ := result.Action("w"); string(out.Output) != `{"received":true}` {
		t.Errorf("output of the wait: %s", out.Output)
	}
}

// TestBranchThatIsNotTaken holds rule 2 on a server: what follows a false edge does not run.
func TestBranchThatIsNotTaken(t *testing.T) {
	t.Parallel()
	var l ledger
	event := "e2e/" + slug(t)
	b := newBed(t, newEngine(t, workflowkit.WithActions(steps(&l)), constantLoader(`{
		"actions":[{"id":"if","kind":"builtin:if","inputs":{"condition":{">":["!ref($.event.data.likes)",10]}}},
			{"id":"yes","kind":"steps"},{"id":"then","kind":"steps"},{"id":"no","kind":"steps"},{"id":"end","kind":"steps"}],
		"edges":[{"from":"$source","to":"if"},
			{"from":"if","to":"yes","conditional":{"type":"if","ref":"!ref($.output.result)"}},
			{"from":"if","to":"no","conditional":{"type":"else","ref":"!ref($.result)"}},
			{"from":"yes","to":"then"},{"from":"then","to":"end"},{"from":"no","to":"end"}]}`)),
		inngest.Function{ID: functionID, Events: []string{event}})
	result := b.wait(t, b.send(t, event, map[string]int{"likes": 3}), b.function(t)).result(t)
	l.once(t, "no.s0", "end.s0")
	want := map[string]workflowkit.Status{
		"if": "completed", "yes": "skipped", "then": "skipped", "no": "completed", "end": "completed",
	}
	if diff := cmp.Diff(want, statuses(result)); diff != "" {
		t.Errorf("statuses (-want +got):\n%s", diff)
	}
}

// TestLoaderThatFailsTwice holds that an error of the database is retried, not taken for "no workflow".
func TestLoaderThatFailsTwice(t *testing.T) {
	t.Parallel()
	var (
		l     ledger
		tries atomic.Int64
	)
	event := "e2e/" + slug(t)
	loader := workflowkit.LoaderFunc(func(context.Context, workflowkit.Event) (*workflowkit.Definition, error) {
		if n := tries.Add(1); n <= 2 {
			return nil, workflowkit.RetryAtError(fmt.Errorf("database is starting, try %d", n), time.Now().Add(time.Second))
		}
		return &workflowkit.Definition{JSON: json.RawMessage(
			`{"actions":[{"id":"a","kind":"steps"}],"edges":[{"from":"$source","to":"a"}]}`)}, nil
	})
	b := newBed(t, newEngine(t, workflowkit.WithActions(steps(&l)), workflowkit.WithLoader(loader)),
		inngest.Function{ID: functionID, Events: []string{event}})
	b.wait(t, b.send(t, event, nil), b.function(t)).result(t)
	l.once(t, "a.s0")
	if n := tries.Load(); n != 3 {
		t.Errorf("the loader was called %d times, want 3", n)
	}
}

// TestActionThatFailsForGood holds rule 13: the run fails after the action's attempts, and says what had been done.
func TestActionThatFailsForGood(t *testing.T) {
	t.Parallel()
	var l ledger
	event := "e2e/" + slug(t)
	retries := 1
	broken := workflowkit.DefineUntyped(workflowkit.Spec{Kind: "broken"},
		func(ctx context.Context, _ *workflowkit.Run, _ map[string]any) (any, error) {
			return nil, workflowkit.Do(ctx, "do", func(context.Context) error {
				l.note("broken")
				return workflowkit.RetryAtError(errors.New("no luck"), time.Now().Add(time.Second))
			})
		})
	var failures atomic.Int64
	b := newBed(t, newEngine(t, workflowkit.WithActions(steps(&l), broken), constantLoader(`{
		"actions":[{"id":"a","kind":"steps"},{"id":"b","kind":"broken"},{"id":"c","kind":"steps"}],
		"edges":[{"from":"$source","to":"a"},{"from":"a","to":"b"},{"from":"b","to":"c"}]}`)),
		inngest.Function{
			ID: functionID, Events: []string{event}, Retries: &retries,
			OnFailure: func(_ context.Context, f inngest.Failure) error {
				failures.Add(1)
				if !strings.Contains(f.Message, "no luck") {
					return workflowkit.NoRetryError(fmt.Errorf("message %q", f.Message))
				}
				return nil
			},
		})
	r := b.wait(t, b.send(t, event, nil), b.function(t))
	if r.status != "failed" {
		t.Fatalf("run is %s", r.status)
	}
	for _, want := range []string{`action \"b\"`, `kind \"broken\"`, "no luck", "completed before: a"} {
		if !strings.Contains(string(r.output), want) {
			t.Errorf("error does not mention %s: %s", want, r.output)
		}
	}
	if n := l.done["broken"]; n != 2 {
		t.Errorf("the step was tried %d times, want 2", n)
	}
	if l.has("c.s0") {
		t.Error("the action behind the failed one ran")
	}
	eventually(t, "the failure handler", func() error {
		if failures.Load() != 1 {
			return fmt.Errorf("called %d times", failures.Load())
		}
		return nil
	})
}

// TestErrorEdge holds rule 13 on a server: an action's error edge is taken after its attempts, and the run completes.
func TestErrorEdge(t *testing.T) {
	t.Parallel()
	var l ledger
	event := "e2e/" + slug(t)
	retries := 1
	broken := workflowkit.DefineUntyped(workflowkit.Spec{Kind: "broken"},
		func(ctx context.Context, run *workflowkit.Run, _ map[string]any) (any, error) {
			l.note(run.Action.ID + ".pass")
			// Outside of a step, which is retried as one.
			return nil, workflowkit.RetryAtError(errors.New("no luck"), time.Now().Add(time.Second))
		})
	b := newBed(t, newEngine(t, workflowkit.WithActions(steps(&l), broken), constantLoader(`{
		"actions":[{"id":"x","kind":"broken"},{"id":"c","kind":"steps"},{"id":"then","kind":"steps"},{"id":"rescue","kind":"steps"},{"id":"end","kind":"steps"}],
		"edges":[{"from":"$source","to":"x"},{"from":"$source","to":"c"},{"from":"x","to":"then"},
			{"from":"x","to":"rescue","conditional":{"type":"error"}},{"from":"rescue","to":"end"},{"from":"c","to":"end"}]}`)),
		inngest.Function{ID: functionID, Events: []string{event}, Retries: &retries})
	result := b.wait(t, b.send(t, event, nil), b.function(t)).result(t)
	want := map[string]workflowkit.Status{"x": "failed", "c": "completed", "then": "skipped", "rescue": "completed", "end": "completed"}
	if diff := cmp.Diff(want, statuses(result)); diff != "" {
		t.Errorf("statuses (-want +got):\n%s", diff)
	}
	if l.has("then.s0") || !l.has("rescue.s0") || !l.has("end.s0") {
		t.Errorf("done: %v", l.done)
	}
}

// TestInvalidWorkflow holds that an invalid workflow fails in one attempt, with all its faults, before any action.
func TestInvalidWorkflow(t *testing.T) {
	t.Parallel()
	var (
		l     ledger
		loads atomic.Int64
	)
	event := "e2e/" + slug(t)
	loader := workflowkit.LoaderFunc(func(context.Context, workflowkit.Event) (*workflowkit.Definition, error) {
		loads.Add(1)
		return &workflowkit.Definition{JSON: json.RawMessage(`{
			"actions":[{"id":"a","kind":"stepz"},{"id":"b","kind":"steps","inputs":{"steps":"many"}},{"id":"b","kind":"steps"}],
			"edges":[{"from":"$source","to":"a"},{"from":"a","to":"nowhere"},{"from":"a","to":"b","conditional":{"type":"maybe","ref":"!ref($.output)"}}]}`)}, nil
	})
	b := newBed(t, newEngine(t, workflowkit.WithActions(steps(&l)), workflowkit.WithLoader(loader)),
		inngest.Function{ID: functionID, Events: []string{event}})
	r := b.wait(t, b.send(t, event, nil), b.function(t))
	if r.status != "failed" {
		t.Fatalf("run is %s", r.status)
	}
	for _, code := range []workflowkit.Code{
		workflowkit.CodeKindUnknown, workflowkit.CodeInputType, workflowkit.CodeIDDuplicate,
		workflowkit.CodeEdgeTo, workflowkit.CodeConditionType,
	} {
		if !strings.Contains(string(r.output), "["+string(code)+"]") {
			t.Errorf("the error does not name %s: %s", code, r.output)
		}
	}
	if n := loads.Load(); n != 1 {
		t.Errorf("the workflow was loaded %d times, want 1", n)
	}
	l.once(t)
}

// TestNoWorkflow holds rule 11: nothing to do is a normal, finished run that says so.
func TestNoWorkflow(t *testing.T) {
	t.Parallel()
	event := "e2e/" + slug(t)
	loader := workflowkit.LoaderFunc(func(context.Context, workflowkit.Event) (*workflowkit.Definition, error) { return nil, nil })
	b := newBed(t, newEngine(t, workflowkit.WithLoader(loader)), inngest.Function{ID: functionID, Events: []string{event}})
	result := b.wait(t, b.send(t, event, nil), b.function(t)).result(t)
	if result.Status != workflowkit.StatusSkipped || !strings.Contains(result.Reason, event) {
		t.Errorf("got %+v", result)
	}
}

// TestWorkflowEditedWhileARunWaits holds rule 10: a run keeps the definition that it has loaded.
func TestWorkflowEditedWhileARunWaits(t *testing.T) {
	t.Parallel()
	var (
		l      ledger
		edited atomic.Bool
	)
	event, answer := "e2e/"+slug(t), "e2e/answer-"+slug(t)
	loader := workflowkit.LoaderFunc(func(context.Context, workflowkit.Event) (*workflowkit.Definition, error) {
		last := "before"
		if edited.Load() {
			last = "after"
		}
		return &workflowkit.Definition{Version: last, JSON: json.RawMessage(`{
			"actions":[{"id":"w","kind":"await"},{"id":"` + last + `","kind":"steps"}],
			"edges":[{"from":"$source","to":"w"},{"from":"w","to":"` + last + `"}]}`)}, nil
	})
	b := newBed(t, newEngine(t, workflowkit.WithActions(steps(&l), await(&l, answer)), workflowkit.WithLoader(loader)),
		inngest.Function{ID: functionID, Events: []string{event}})
	id := b.send(t, event, map[string]string{"id": "1"})
	eventually(t, "the wait", func() error {
		if !l.has("w.announced") {
			return errors.New("not announced")
		}
		return nil
	})
	edited.Store(true)
	b.send(t, answer, map[string]string{"id": "1"})
	result := b.wait(t, id, b.function(t)).result(t)
	l.once(t, "w.announced", "before.s0")
	if result.Workflow == nil || result.Workflow.Version != "before" {
		t.Errorf("the result names workflow %+v", result.Workflow)
	}
}

// TestAnswerIsNeverLost sends the answer at random moments from the announcement on.
func TestAnswerIsNeverLost(t *testing.T) {
	t.Parallel()
	const rounds = 100
	event, answer := "e2e/"+slug(t), "e2e/answer-"+slug(t)
	var (
		mu        sync.Mutex
		announced = map[string]chan struct{}{}
	)
	channel := func(id string) chan struct{} {
		mu.Lock()
		defer mu.Unlock()
		if announced[id] == nil {
			announced[id] = make(chan struct{}, 10)
		}
		return announced[id]
	}
	ask := workflowkit.DefineUntyped(workflowkit.Spec{Kind: "ask"},
		func(ctx context.Context, run *workflowkit.Run, _ map[string]any) (any, error) {
			var data struct{ ID string }
			if err := run.Event.DecodeData(&data); err != nil {
				return nil, workflowkit.NoRetryError(err)
			}
			_, err := workflowkit.WaitForEvent(ctx, "wait", workflowkit.WaitForEventOpts{
				Event: answer, If: "async.data.id == event.data.id", Timeout: 30 * time.Second,
				Announce: &workflowkit.Announcement{StepID: "announce", Run: func(context.Context) error {
					channel(data.ID) <- struct{}{}
					return nil
				}},
			})
			return map[string]bool{"received": err == nil}, nil
		})
	b := newBed(t, newEngine(t, workflowkit.WithActions(ask), constantLoader(
		`{"actions":[{"id":"a","kind":"ask"}],"edges":[{"from":"$source","to":"a"}]}`)),
		inngest.Function{ID: functionID, Events: []string{event}})
	ids := make([]string, rounds)
	var wg sync.WaitGroup
	for i := range rounds {
		key := fmt.Sprint(i)
		ids[i] = b.send(t, event, map[string]string{"id": key})
		wg.Go(func() {
			select {
			case <-channel(key):
			case <-t.Context().Done():
				return
			}
			// From nothing to four tenths of a second, the span in which the reference loses answers.
			timer := time.NewTimer(time.Duration(i*i%40) * 10 * time.Millisecond)
			defer timer.Stop()
			<-timer.C
			b.send(t, answer, map[string]string{"id": key})
		})
	}
	wg.Wait()
	received := 0
	for i := range rounds {
		result := b.wait(t, ids[i], b.function(t)).result(t)
		if out, _ := result.Action("a"); string(out.Output) == `{"received":true}` {
			received++
		}
	}
	if received != rounds {
		t.Errorf("%d of %d answers were received", received, rounds)
	}
}

// TestFiveMegabytesOfState holds that a run goes on when its state does not fit into a call any more.
func TestFiveMegabytesOfState(t *testing.T) {
	t.Parallel()
	var l ledger
	event := "e2e/" + slug(t)
	large := workflowkit.DefineUntyped(workflowkit.Spec{Kind: "large"},
		func(ctx context.Context, run *workflowkit.Run, _ map[string]any) (any, error) {
			total := 0
			for i := range 10 {
				text, err := workflowkit.Step(ctx, fmt.Sprintf("s%d", i), func(context.Context) (string, error) {
					l.note(fmt.Sprintf("%s.s%d", run.Action.ID, i))
					return strings.Repeat("x", 512<<10), nil
				})
				if err != nil {
					return nil, err
				}
				total += len(text)
			}
			return total, nil
		})
	b := newBed(t, newEngine(t, workflowkit.WithActions(large), constantLoader(
		`{"actions":[{"id":"a","kind":"large"}],"edges":[{"from":"$source","to":"a"}]}`)),
		inngest.Function{ID: functionID, Events: []string{event}})
	result := b.wait(t, b.send(t, event, nil), b.function(t)).result(t)
	if out, _ := result.Action("a"); string(out.Output) != "5242880" {
		t.Errorf("output: %s", out.Output)
	}
	var want []string
	for i := range 10 {
		want = append(want, fmt.Sprintf("a.s%d", i))
	}
	l.once(t, want...)
}
