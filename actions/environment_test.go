package actions_test

import (
	"bytes"
	"log/slog"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/workflowkit/workflowkit-go/actions"
)

func TestOpenAIFromEnvironment(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		env  map[string]string
		want actions.OpenAIConfig
		ok   bool
		err  string
	}{
		"nothing":                      {},
		"OpenAI":                       {env: map[string]string{"OPENAI_API_KEY": "sk-a\n"}, want: actions.OpenAIConfig{APIKey: "sk-a"}, ok: true},
		"a model":                      {env: map[string]string{"OPENAI_API_KEY": "sk-a", "OPENAI_MODEL": "m"}, want: actions.OpenAIConfig{APIKey: "sk-a", Model: "m"}, ok: true},
		"an address":                   {env: map[string]string{"OPENAI_API_KEY": "sk-a", "OPENAI_BASE_URL": "http://x"}, want: actions.OpenAIConfig{APIKey: "sk-a", BaseURL: "http://x"}, ok: true},
		"LiteLLM":                      {env: map[string]string{"LITELLM_API_KEY": "k", "LITELLM_BASE_URL": "http://l"}, want: actions.OpenAIConfig{APIKey: "k", BaseURL: "http://l"}, ok: true},
		"both":                         {env: map[string]string{"LITELLM_API_KEY": "k", "LITELLM_BASE_URL": "http://l", "OPENAI_API_KEY": "sk-a", "OPENAI_BASE_URL": "http://x"}, want: actions.OpenAIConfig{APIKey: "k", BaseURL: "http://l"}, ok: true},
		"a proxy's key beside OpenAI":  {env: map[string]string{"LITELLM_API_KEY": "k", "OPENAI_API_KEY": "sk-a"}, want: actions.OpenAIConfig{APIKey: "sk-a"}, ok: true},
		"a proxy's key alone":          {env: map[string]string{"LITELLM_API_KEY": "k"}, err: "LITELLM_BASE_URL"},
		"a proxy's address alone":      {env: map[string]string{"LITELLM_BASE_URL": "http://l"}, err: "LITELLM_API_KEY"},
		"OpenAI's key for a proxy":     {env: map[string]string{"LITELLM_BASE_URL": "http://l", "OPENAI_API_KEY": "sk-a"}, err: "LITELLM_API_KEY"},
		"an address and a model alone": {env: map[string]string{"OPENAI_BASE_URL": "http://x", "OPENAI_MODEL": "m"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, ok, err := actions.OpenAIFromEnvironment(func(name string) string { return tc.env[name] })
			if tc.err != "" {
				if err == nil || !strings.Contains(err.Error(), tc.err) || strings.Contains(err.Error(), "sk-a") {
					t.Fatalf("error is %v, want one about %s", err, tc.err)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if ok != tc.ok {
				t.Errorf("found is %v, want %v", ok, tc.ok)
			}
			if diff := cmp.Diff(tc.want, got, cmpopts.IgnoreFields(actions.OpenAIConfig{}, "HTTPClient")); ok && diff != "" {
				t.Errorf("configuration (-want +got):\n%s", diff)
			}
		})
	}
}

func TestModelFromEnvironment(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	logger := slog.New(slog.NewTextHandler(&log, nil))
	model, err := actions.ModelFromEnvironment(func(string) string { return "" }, logger)
	if _, ok := model.(actions.Offline); err != nil || !ok {
		t.Errorf("without a key the model is %T, %v", model, err)
	}
	if !strings.Contains(log.String(), "level=WARN") || !strings.Contains(log.String(), "offline") {
		t.Errorf("the log does not say that texts are made offline: %s", &log)
	}
	log.Reset()
	model, err = actions.ModelFromEnvironment(func(name string) string {
		return map[string]string{"OPENAI_API_KEY": testKey, "OPENAI_MODEL": "m", "OPENAI_BASE_URL": "http://localhost:4000/v1"}[name]
	}, logger)
	openai, ok := model.(*actions.OpenAI)
	if err != nil || !ok || openai.Model() != "m" || openai.Host() != "localhost:4000" {
		t.Errorf("with a key the model is %+v, %v", model, err)
	}
	if !strings.Contains(log.String(), "model=m host=localhost:4000") || strings.Contains(log.String(), testKey) {
		t.Errorf("log is %s", &log)
	}
	if _, err = actions.ModelFromEnvironment(func(name string) string {
		return map[string]string{"OPENAI_API_KEY": testKey, "OPENAI_BASE_URL": "x"}[name]
	}, nil); err == nil {
		t.Error("a broken address is no error")
	}
}
