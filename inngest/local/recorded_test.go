package local_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"sort"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/inngest/inngestgo"
	"github.com/inngest/inngestgo/group"
	"github.com/inngest/inngestgo/step"

	"github.com/workflowkit/workflowkit-go/inngest/local"
)

// The golden file holds what the real dev server did. To record it again, start one (with a retry interval of one second)
// and run: go test -run TestRecorded -record http://127.0.0.1:8288
var record = flag.String("record", "", "address of a real dev server to record testdata/recorded.golden from")

// tape records the calls of all runs as they look on the wire.
type tape struct {
	mu    sync.Mutex
	calls map[string][]string
}

func (tp *tape) record(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodPost {
			next.ServeHTTP(w, r)
			return
		}
		raw, err := io.ReadAll(r.Body)
		if err != nil {
			return
		}
		r.Body = io.NopCloser(bytes.NewReader(raw))
		answer := httptest.NewRecorder()
		next.ServeHTTP(answer, r)
		tp.note(r, raw, answer)
		for name, values := range answer.Header() {
			w.Header()[name] = values
		}
		w.WriteHeader(answer.Code)
		_, _ = w.Write(answer.Body.Bytes())
	})
}

// note keeps one line for a call. Lines of calls for one step leave out what other branches have done meanwhile.
func (tp *tape) note(r *http.Request, raw []byte, answer *httptest.ResponseRecorder) {
	var call struct {
		Version int
		UseAPI  bool `json:"use_api"`
		Steps   map[string]json.RawMessage
		Ctx     struct {
			RunID       string `json:"run_id"`
			Attempt     int
			MaxAttempts int  `json:"max_attempts"`
			PlanOnly    bool `json:"disable_immediate_execution"`
			Stack       struct {
				Stack   []string
				Current int
			}
		}
	}
	if json.Unmarshal(raw, &call) != nil {
		return
	}
	var ops []struct{ Op, Name string }
	reports := strings.TrimSpace(answer.Body.String())
	if answer.Code == http.StatusPartialContent && json.Unmarshal(answer.Body.Bytes(), &ops) == nil {
		var names []string
		for _, op := range ops {
			names = append(names, op.Op+" "+op.Name)
		}
		sort.Strings(names)
		reports = strings.Join(names, ", ")
	}
	line := fmt.Sprintf("%d/%d version %d -> %d %s", call.Ctx.Attempt, call.Ctx.MaxAttempts, call.Version, answer.Code, reports)
	if r.URL.Query().Get("stepId") == "step" {
		var memos []string
		for _, memo := range call.Steps {
			if text := string(memo); strings.Contains(text, `"ts":`) {
				memos = append(memos, "<event>")
			} else {
				memos = append(memos, text)
			}
		}
		sort.Strings(memos)
		line = fmt.Sprintf("discovery %s | plan only %v, stack %d at %d, use_api %v, memos %s", line, call.Ctx.PlanOnly,
			len(call.Ctx.Stack.Stack), call.Ctx.Stack.Current, call.UseAPI, strings.Join(memos, " "))
	} else {
		line = "step " + line
	}
	tp.mu.Lock()
	defer tp.mu.Unlock()
	tp.calls[call.Ctx.RunID] = append(tp.calls[call.Ctx.RunID], line)
}

// once is a step that returns its id.
func once(ctx context.Context, id string) {
	_, _ = step.Run(ctx, id, func(context.Context) (string, error) { return id, nil }) // never fails
}

// recordedFunctions are the functions of the recording, by the id and the event.
func recordedFunctions() map[string]inngestgo.SDKFunction[map[string]any] {
	boom := func(context.Context) (any, error) { return nil, errors.New("boom") }
	invoke := func(id string) inngestgo.SDKFunction[map[string]any] {
		return func(ctx context.Context, _ input) (any, error) {
			out, err := step.Invoke[any](ctx, "call", step.InvokeOpts{FunctionId: id, Data: map[string]any{"n": 3}, Timeout: time.Minute})
			return []any{out, fmt.Sprint(err)}, nil
		}
	}
	return map[string]inngestgo.SDKFunction[map[string]any]{
		"sequence": func(ctx context.Context, _ input) (any, error) {
			once(ctx, "a")
			once(ctx, "b")
			return []string{"a", "b"}, nil
		},
		"precision": func(ctx context.Context, _ input) (any, error) {
			v, err := step.Run(ctx, "big", func(context.Context) (json.RawMessage, error) {
				return json.RawMessage(`{"n":9007199254740993,"f":1.10,"e":1e3}`), nil
			})
			return string(v), err
		},
		"sleep": func(ctx context.Context, _ input) (any, error) {
			step.Sleep(ctx, "nap", time.Second)
			once(ctx, "a")
			return "up", nil
		},
		"wait-match": func(ctx context.Context, _ input) (any, error) {
			same := "event.data.id == async.data.id"
			_, err := step.WaitForEvent[any](ctx, "w", step.WaitForEventOpts{Event: "recorded/go", Timeout: time.Minute, If: &same})
			return fmt.Sprint(err), nil
		},
		"wait-timeout": func(ctx context.Context, _ input) (any, error) {
			_, err := step.WaitForEvent[any](ctx, "w", step.WaitForEventOpts{Event: "recorded/never", Timeout: time.Second})
			return fmt.Sprint(err), nil
		},
		"step-error": func(ctx context.Context, _ input) (any, error) {
			_, err := step.Run(ctx, "bad", boom)
			return fmt.Sprint("handled ", err), nil
		},
		"step-error-unhandled": func(ctx context.Context, _ input) (any, error) {
			return step.Run(ctx, "bad", func(context.Context) (any, error) { return nil, inngestgo.NoRetryError(errors.New("boom")) })
		},
		"function-error":          func(ctx context.Context, _ input) (any, error) { return boom(ctx) },
		"function-error-no-retry": func(context.Context, input) (any, error) { return nil, inngestgo.NoRetryError(errors.New("boom")) },
		"child":                   func(_ context.Context, in input) (any, error) { return in.Event.Data["n"], nil },
		"child-bad":               func(context.Context, input) (any, error) { return nil, inngestgo.NoRetryError(errors.New("child")) },
		"invoke":                  invoke("recorded-child"),
		"invoke-bad":              invoke("recorded-child-bad"),
		"invoke-nobody":           invoke("recorded-nobody"),
		"parallel-wait":           branches(0, false),
		"parallel-race":           branches(race, true),
		"parallel-tail": func(ctx context.Context, _ input) (any, error) {
			group.Parallel(ctx,
				func(ctx context.Context) (any, error) { once(ctx, "x"); return nil, nil },
				func(ctx context.Context) (any, error) { once(ctx, "y"); return nil, nil })
			once(ctx, "tail")
			return "end", nil
		},
	}
}

// branches is a group of a branch of steps, one that sleeps and one whose wait times out.
func branches(mode int, barrier bool) inngestgo.SDKFunction[map[string]any] {
	return func(ctx context.Context, _ input) (any, error) {
		done, finished := 0, !barrier
		branch := func(f func(ctx context.Context)) func(context.Context) (any, error) {
			return func(ctx context.Context) (any, error) {
				f(ctx)
				done++
				return nil, nil
			}
		}
		callbacks := []func(context.Context) (any, error){
			branch(func(ctx context.Context) { once(ctx, "a1"); once(ctx, "a2") }),
			branch(func(ctx context.Context) { step.Sleep(ctx, "b-nap", 6*time.Second); once(ctx, "b1") }),
			branch(func(ctx context.Context) {
				// The time-out is what is wanted here.
				_, _ = step.WaitForEvent[any](ctx, "c-wait", step.WaitForEventOpts{Event: "recorded/never", Timeout: 12 * time.Second})
				once(ctx, "c1")
			}),
		}
		if barrier {
			callbacks = append(callbacks, func(ctx context.Context) (any, error) {
				if done == 3 {
					once(ctx, "$finish")
					finished = true
				}
				return nil, nil
			})
		}
		if mode == race {
			group.ParallelWithOpts(ctx, group.ParallelOpts{ParallelMode: race}, callbacks...)
		} else {
			group.Parallel(ctx, callbacks...)
		}
		if !finished {
			return nil, nil
		}
		return "end", nil
	}
}

// What this server does is, call for call and memo for memo, what the real one did.
func TestRecorded(t *testing.T) {
	t.Parallel()
	golden := filepath.Join("testdata", "recorded.golden")
	if *record != "" {
		got := play(t, *record, nil)
		if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	clock := local.NewVirtualClock(time.Time{})
	server, err := local.Start(local.Config{Clock: clock, Backoff: seconds(1)})
	if err != nil {
		t.Fatal(err)
	}
	defer server.Close()
	got := play(t, server.URL(), clock)
	if diff := cmp.Diff(strings.Split(string(want), "\n"), strings.Split(got, "\n")); diff != "" {
		t.Errorf("calls (-real +local):\n%s", diff)
	}
	if err := server.Err(); err != nil {
		t.Error(err)
	}
}

// play runs all functions on a server and returns what happened. Without a clock it is the real one, which needs its time.
func play(t *testing.T, server string, clock *local.VirtualClock) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	pass := func(d time.Duration) {
		if clock == nil {
			<-time.After(d)
		} else if err := clock.Advance(ctx, d); err != nil {
			t.Fatal(err)
		}
	}
	dev := true
	client, err := inngestgo.NewClient(inngestgo.ClientOpts{
		AppID: "recorded", Dev: &dev, APIBaseURL: &server, EventAPIBaseURL: &server, Logger: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		t.Fatal(err)
	}
	functions := recordedFunctions()
	for id, f := range functions {
		opts := inngestgo.FunctionOpts{ID: id, Retries: inngestgo.IntPtr(1)}
		if _, err := inngestgo.CreateFunction(client, opts, inngestgo.EventTrigger("recorded/"+id, nil), f); err != nil {
			t.Fatal(err)
		}
	}
	tp := &tape{calls: map[string][]string{}}
	app := newTestApp(t, tp.record(client.Serve()))
	request, err := http.NewRequestWithContext(ctx, http.MethodPut, app.URL+"/api/inngest", nil)
	if err != nil {
		t.Fatal(err)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	_ = response.Body.Close()
	ids := map[string]string{}
	send := func(id, of string) {
		event := inngestgo.Event{Name: "recorded/" + id, Data: map[string]any{"id": of}}
		if ids[id], err = client.Send(ctx, event); err != nil {
			t.Fatal(err)
		}
	}
	var names []string
	for id := range functions {
		if !strings.HasPrefix(id, "child") {
			names = append(names, id)
		}
	}
	sort.Strings(names)
	for _, id := range names {
		send(id, "7")
	}
	pass(5 * time.Second)
	send("go", "8")
	send("go", "7")
	pass(15 * time.Second)
	var out strings.Builder
	for _, id := range names {
		out.WriteString(tp.report(ctx, t, server, id, ids[id]))
	}
	return out.String()
}

// report asks the server for the run of an event, and lists its calls in an order that does not depend on which branch
// was faster.
func (tp *tape) report(ctx context.Context, t *testing.T, server, name, eventID string) string {
	t.Helper()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, server+"/v1/events/"+eventID+"/runs", nil)
	if err != nil {
		t.Fatal(err)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	var runs struct {
		Data []struct {
			RunID  string `json:"run_id"`
			Status string
			Output json.RawMessage
		}
	}
	if err := json.NewDecoder(response.Body).Decode(&runs); err != nil || len(runs.Data) != 1 {
		t.Fatalf("%s: %d runs (%v)", name, len(runs.Data), err)
	}
	run := runs.Data[0]
	tp.mu.Lock()
	lines := append([]string(nil), tp.calls[run.RunID]...)
	tp.mu.Unlock()
	if strings.HasPrefix(name, "parallel") {
		sort.Strings(lines)
	}
	return fmt.Sprintf("%s: %s %s\n    %s\n", name, run.Status, run.Output, strings.Join(lines, "\n    "))
}
