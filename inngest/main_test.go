package inngest_test

import (
	"log/slog"
	"testing"

	"go.uber.org/goleak"

	"github.com/workflowkit/workflowkit-go/inngest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const (
	testKey      = "signkey-test-12345678"
	testFallback = "signkey-test-87654321"
)

// environment returns a Getenv for the given variables.
func environment(pairs ...string) func(string) string {
	env := map[string]string{}
	for i := 0; i+1 < len(pairs); i += 2 {
		env[pairs[i]] = pairs[i+1]
	}
	return func(name string) string { return env[name] }
}

// newClient returns a client that sees no environment but the one in config.
func newClient(t *testing.T, config inngest.Config) *inngest.Client {
	t.Helper()
	if config.AppID == "" {
		config.AppID = "app"
	}
	if config.Getenv == nil {
		config.Getenv = environment()
	}
	if config.Logger == nil {
		config.Logger = slog.New(slog.DiscardHandler)
	}
	client, err := inngest.NewClient(config)
	if err != nil {
		t.Fatal(err)
	}
	return client
}
