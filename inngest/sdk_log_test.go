package inngest_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/inngest/inngestgo"

	"github.com/workflowkit/workflowkit-go/inngest"
	"github.com/workflowkit/workflowkit-go/workflowkit"
)

// Each error of a function is logged once, whoever's function it is, and without the whole of the call.
func TestErrorsOfFunctionsAreLoggedOnce(t *testing.T) {
	t.Parallel()
	for name, register := range map[string]func(client *inngest.Client) error{
		"a workflow": func(client *inngest.Client) error {
			engine, err := workflowkit.New(workflowkit.WithLoader(workflowkit.LoaderFunc(
				func(context.Context, workflowkit.Event) (*workflowkit.Definition, error) {
					return nil, errors.New("no luck")
				})))
			if err != nil {
				return err
			}
			return inngest.Register(client, engine, inngest.Function{ID: "fn", Events: []string{"e"}, Checkpoints: inngest.CheckpointOff})
		},
		"a function of inngestgo's": func(client *inngest.Client) error {
			return inngest.RegisterFunction(client, inngestgo.FunctionOpts{ID: "fn"}, inngestgo.MultipleTriggers{inngestgo.EventTrigger("e", nil)},
				func(context.Context, inngestgo.Input[map[string]any]) (any, error) { return nil, errors.New("no luck") })
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var log bytes.Buffer
			client := newClient(t, inngest.Config{Dev: new(true), Logger: slog.New(slog.NewTextHandler(&log, nil))})
			if err := register(client); err != nil {
				t.Fatal(err)
			}
			body := `{"event":{"name":"e","data":{}},"events":[{"name":"e","data":{}}],"steps":{},"ctx":{"run_id":"r1","attempt":0,"stack":{"stack":[]}}}`
			r := httptest.NewRequest(http.MethodPost, "http://127.0.0.1/api/inngest?fnId=app-fn&stepId=step", strings.NewReader(body))
			r.RemoteAddr = "127.0.0.1:1"
			client.Handler().ServeHTTP(httptest.NewRecorder(), r)
			if n := strings.Count(log.String(), "no luck"); n != 1 || strings.Contains(log.String(), "call_ctx") {
				t.Errorf("the error is logged %d times:\n%s", n, log.String())
			}
		})
	}
}
