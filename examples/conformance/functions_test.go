package main

import (
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/workflowkit/workflowkit-go/inngest"
	"github.com/workflowkit/workflowkit-go/inngest/local"
)

// TestFunctions runs the functions on the in-process server. The suite itself needs a real one.
func TestFunctions(t *testing.T) {
	t.Parallel()
	cases := map[string]struct {
		event, function string
		data            map[string]any
		// after is sent once the run waits.
		after  *local.Event
		status local.Status
		output string
	}{
		"a function without steps": {
			event: "tests/function.test", function: "test-suite-simple-fn",
			status: local.Completed, output: `{"body":"ok","name":"tests/function.test"}`,
		},
		"steps and a sleep": {
			event: "tests/step.test", function: "test-suite-step-test",
			status: local.Completed, output: `{"body":"ok","name":"tests/step.test"}`,
		},
		"a step and a function that fail once": {
			event: "tests/retry.test", function: "test-suite-retry-test",
			status: local.Completed, output: `{"body":"ok","name":"tests/retry.test"}`,
		},
		"a run that is cancelled": {
			event: "tests/cancel.test", function: "test-suite-cancel-test", data: map[string]any{"request_id": "1"},
			after:  &local.Event{Name: "cancel/please", Data: map[string]any{"request_id": "1"}},
			status: local.Cancelled,
		},
		"a wait": {
			event: "tests/wait.test", function: "test-suite-wait-for-event", data: map[string]any{"id": "1"},
			after:  &local.Event{Name: "test/resume", Data: map[string]any{"id": "1", "resume": true}},
			status: local.Completed, output: `{"result":{"id":"1","resume":true}}`,
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			clock := local.NewVirtualClock(time.Now())
			server, err := local.Start(local.Config{Clock: clock})
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() {
				if err := server.Close(); err != nil {
					t.Error(err)
				}
			})
			client, err := inngest.NewClient(inngest.Config{AppID: "conformance", BaseURL: server.URL(), Getenv: func(string) string { return "" }})
			if err != nil {
				t.Fatal(err)
			}
			if err := register(client); err != nil {
				t.Fatal(err)
			}
			mux := http.NewServeMux()
			mux.Handle("/api/inngest", client.Handler())
			app := httptest.NewServer(mux)
			t.Cleanup(app.Close)
			if err := client.Sync(t.Context(), app.URL+"/api/inngest"); err != nil {
				t.Fatal(err)
			}
			ids, err := server.Send(t.Context(), local.Event{Name: tc.event, Data: tc.data})
			if err != nil {
				t.Fatal(err)
			}
			if err := server.Idle(t.Context()); err != nil {
				t.Fatal(err)
			}
			if tc.after != nil {
				if _, err := server.Send(t.Context(), *tc.after); err != nil {
					t.Fatal(err)
				}
			}
			if err := clock.Advance(t.Context(), 10*time.Minute); err != nil {
				t.Fatal(err)
			}
			run, err := server.WaitRun(t.Context(), server.EventRuns(ids[0])[0].ID)
			if err != nil {
				t.Fatal(err)
			}
			if run.Status != tc.status || tc.output != "" && string(run.Output) != tc.output {
				t.Errorf("run is %s with %s (%v)", run.Status, run.Output, run.Error)
			}
		})
	}
}
