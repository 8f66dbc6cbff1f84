package inngest_test

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/workflowkit/workflowkit-go/inngest"
	"github.com/workflowkit/workflowkit-go/inngest/local"
	"github.com/workflowkit/workflowkit-go/workflowkit"
)

// A server with keys, as in production: sync, events, calls and checkpoints are authenticated, with the key and, while
// keys are rotated, with the fallback.
func TestRunOnServerWithKeys(t *testing.T) {
	t.Parallel()
	for name, config := range map[string]inngest.Config{
		"the key":          {SigningKey: testKey},
		"the fallback key": {SigningKey: testFallback, SigningKeyFallback: testKey},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server, err := local.Start(local.Config{
				SigningKey: testKey, EventKey: "event-key", Limits: local.Limits{RequestBody: localRequestBody},
			})
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() {
				if err := server.Close(); err != nil {
					t.Error(err)
				}
			})
			config.BaseURL, config.EventKey = server.URL(), "event-key"
			config.HTTPClient = &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
			b := &bench{t: t, executed: map[string]int{}, backend: localBackend{server}, local: server, client: newClient(t, config)}
			app := httptest.NewServer(b.client.Handler())
			t.Cleanup(app.Close)
			b.url = app.URL
			b.serve(b.engine(workflow(nil, "$source>a", "a>b", "a>c"), b.steps("steps", 2)), fn, inngest.Function{
				ID: "checkpointed", Checkpoints: inngest.CheckpointOff,
			})
			event := b.start(`{}`)
			for _, function := range []string{"-fn", "-checkpointed"} {
				if result := b.completed(b.wait(event, function)); result.Status != workflowkit.StatusCompleted {
					t.Errorf("result is %+v", result)
				}
			}
			if err := b.client.Sync(t.Context(), app.URL); err != nil {
				t.Error(err)
			}
			if err := server.Err(); err != nil {
				t.Error(err)
			}
		})
	}
}
