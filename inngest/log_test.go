package inngest_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/workflowkit/workflowkit-go/inngest"
	"github.com/workflowkit/workflowkit-go/inngest/local"
	"github.com/workflowkit/workflowkit-go/workflowkit"
)

// lockedBuffer is a buffer for several goroutines.
type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lockedBuffer) lines() []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return strings.Split(strings.TrimSpace(l.b.String()), "\n")
}

// Each line that is logged in the course of a run, by this package or by the engine, names the run and the function, and
// the action and the step if it is about one.
func TestLinesOfTheLogSayWhatTheyAreAbout(t *testing.T) {
	t.Parallel()
	server, err := local.Start(local.Config{Backoff: func(int) time.Duration { return time.Millisecond }})
	if err != nil {
		t.Fatal(err)
	}
	defer server.Close()
	out := &lockedBuffer{}
	logger := slog.New(slog.NewJSONHandler(out, &slog.HandlerOptions{Level: slog.LevelDebug}))
	tries := map[string]int{}
	action := workflowkit.DefineUntyped(workflowkit.Spec{Kind: "act"}, func(ctx context.Context, run *workflowkit.Run, _ map[string]any) (any, error) {
		run.Logger().Info("handler is called")
		if err := workflowkit.Do(ctx, "flaky", func(context.Context) error {
			if tries[run.Action.ID]++; tries[run.Action.ID] == 1 {
				return errors.New("not yet")
			}
			return nil
		}); err != nil {
			return nil, err
		}
		err := workflowkit.Do(ctx, "broken", func(context.Context) error { panic("what now?") })
		if err != nil && run.Action.ID == "a" {
			return nil, workflowkit.NoRetryError(err)
		}
		panic("again")
	})
	engine, err := workflowkit.New(workflowkit.WithActions(action), workflowkit.WithLogger(logger), workflowkit.WithObservers(workflowkit.LogObserver(logger)),
		workflowkit.WithLoader(workflowkit.LoaderFunc(func(context.Context, workflowkit.Event) (*workflowkit.Definition, error) {
			return &workflowkit.Definition{ID: "w", JSON: json.RawMessage(`{"actions": [{"id": "a", "kind": "act"}, {"id": "b", "kind": "act"}],
				"edges": [{"from": "$source", "to": "a"}, {"from": "a", "to": "b", "conditional": {"type": "error"}}]}`)}, nil
		})))
	if err != nil {
		t.Fatal(err)
	}
	client := newClient(t, inngest.Config{BaseURL: server.URL(), Logger: logger})
	if err := inngest.Register(client, engine, inngest.Function{ID: "fn", Events: []string{"go"}}); err != nil {
		t.Fatal(err)
	}
	app := httptest.NewServer(client.Handler())
	defer app.Close()
	if err := server.Register(t.Context(), app.URL); err != nil {
		t.Fatal(err)
	}
	ids, err := server.Send(t.Context(), local.Event{Name: "go"})
	if err != nil {
		t.Fatal(err)
	}
	run, err := server.WaitRun(t.Context(), server.EventRuns(ids[0])[0].ID)
	if err != nil || run.Status != local.Failed {
		t.Fatalf("run is %s, %v", run.Status, err)
	}
	about := map[string]int{}
	for _, line := range out.lines() {
		var fields map[string]any
		if err := json.Unmarshal([]byte(line), &fields); err != nil {
			t.Fatal(err)
		}
		message, _ := fields["msg"].(string)
		if fields["mode"] != nil {
			continue // inngestgo's, for debugging
		}
		if strings.HasPrefix(message, "inngest client") || strings.HasPrefix(message, "inngest dev mode") || strings.HasPrefix(message, "inngest app") {
			continue
		}
		about[message]++
		wanted := []string{"run_id", "function_id"}
		if strings.Contains(message, "step") {
			wanted = append(wanted, "action_id", "step_id")
		} else if strings.Contains(message, "handler") || strings.Contains(message, "action") {
			wanted = append(wanted, "action_id")
		}
		for _, name := range wanted {
			if value, _ := fields[name].(string); value == "" || name == "run_id" && value != run.ID {
				t.Errorf("%s is missing in %s", name, line)
			}
		}
	}
	for _, message := range []string{"step failed", "panic in step \"broken\"", "panic in handler", "inngest function failed", "run started", "action failed"} {
		if about[message] == 0 {
			t.Errorf("nothing is logged about %q: %v", message, about)
		}
	}
}
