package actions_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"

	"github.com/workflowkit/workflowkit-go/actions"
)

const testKey = "sk-test-0123456789abcdef"

// fakeOpenAI answers as OpenAI's Chat Completions API does.
type fakeOpenAI struct {
	*httptest.Server
	mu       sync.Mutex
	requests []chatRequest
}

type chatRequest struct {
	Path, Authorization string
	Model               string `json:"model"`
	Messages            []struct{ Role, Content string }
}

func (f *fakeOpenAI) all() []chatRequest {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.requests
}

// newFakeOpenAI starts a server that records requests and answers by the handler.
func newFakeOpenAI(t *testing.T, answer http.HandlerFunc) *fakeOpenAI {
	t.Helper()
	f := &fakeOpenAI{}
	f.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		request := chatRequest{Path: r.URL.Path, Authorization: r.Header.Get("Authorization")}
		if err := json.NewDecoder(r.Body).Decode(&request); err != nil {
			t.Errorf("request is not JSON: %v", err)
		}
		f.mu.Lock()
		f.requests = append(f.requests, request)
		f.mu.Unlock()
		answer(w, r)
	}))
	t.Cleanup(f.Close)
	return f
}

func (f *fakeOpenAI) model(t *testing.T, change func(*actions.OpenAIConfig)) *actions.OpenAI {
	t.Helper()
	config := actions.OpenAIConfig{APIKey: testKey, BaseURL: f.URL + "/v1", HTTPClient: f.Client()}
	if change != nil {
		change(&config)
	}
	model, err := actions.NewOpenAI(config)
	if err != nil {
		t.Fatal(err)
	}
	return model
}

// completion answers with a text.
func completion(content string) http.HandlerFunc {
	return choice(map[string]any{
		"finish_reason": "stop", "message": map[string]any{"role": "assistant", "content": content, "refusal": nil},
	})
}

func choice(choices ...any) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_ = json.NewEncoder(w).Encode(map[string]any{
			"id": "chatcmpl-1", "object": "chat.completion", "model": "gpt-4o-mini-2024-07-18", "choices": choices,
		})
	}
}

// failure answers with an error as OpenAI writes them.
func failure(status int, code, message string, headers ...string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		for i := 0; i+1 < len(headers); i += 2 {
			w.Header().Set(headers[i], headers[i+1])
		}
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(status)
		_ = json.NewEncoder(w).Encode(map[string]any{
			"error": map[string]any{"message": message, "type": "invalid_request_error", "param": nil, "code": code},
		})
	}
}

func body(status int, contentType, text string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", contentType)
		w.WriteHeader(status)
		_, _ = w.Write([]byte(text))
	}
}
