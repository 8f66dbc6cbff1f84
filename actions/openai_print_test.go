package actions_test

import (
	"bytes"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"github.com/workflowkit/workflowkit-go/actions"
)

func TestKeysAreNotPrinted(t *testing.T) {
	t.Parallel()
	config := actions.OpenAIConfig{APIKey: testKey, BaseURL: "http://localhost:4000", Model: "m"}
	model, err := actions.NewOpenAI(config)
	if err != nil {
		t.Fatal(err)
	}
	var log bytes.Buffer
	slog.New(slog.NewJSONHandler(&log, nil)).Info("x", "config", config, "model", model)
	slog.New(slog.NewTextHandler(&log, nil)).Info("x", "config", &config, "model", model)
	for _, value := range []any{config, &config, model} {
		fmt.Fprintf(&log, "%v %+v %#v %s\n", value, value, value, value)
	}
	if strings.Contains(log.String(), testKey) {
		t.Errorf("the key is printed:\n%s", &log)
	}
	if !strings.Contains(log.String(), `model "m" at "http://localhost:4000" with a key`) {
		t.Errorf("the configuration is not described:\n%s", &log)
	}
}
