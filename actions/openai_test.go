package actions_test

import (
	"context"
	"errors"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/workflowkit/workflowkit-go/actions"
	"github.com/workflowkit/workflowkit-go/workflowkit"
)

var review = actions.Prompt{
	Task: actions.GrammarReview{}, Instructions: "Correct it.", Title: "Hello", Document: "# Hello\n\nThe the post.\n",
}

func TestOpenAIGeneratesText(t *testing.T) {
	t.Parallel()
	server := newFakeOpenAI(t, completion("# Hello\n\nThe post."))
	text, err := server.model(t, nil).Generate(t.Context(), review)
	if err != nil {
		t.Fatal(err)
	}
	want := actions.Text{Content: "# Hello\n\nThe post.\n", Model: "gpt-4o-mini"}
	if diff := cmp.Diff(want, text); diff != "" {
		t.Errorf("text (-want +got):\n%s", diff)
	}
	system, user := review.Messages()
	wantRequest := chatRequest{
		Path: "/v1/chat/completions", Authorization: "Bearer " + testKey, Model: "gpt-4o-mini",
		Messages: []struct{ Role, Content string }{{"system", system}, {"user", user}},
	}
	if diff := cmp.Diff([]chatRequest{wantRequest}, server.all()); diff != "" {
		t.Errorf("requests (-want +got):\n%s", diff)
	}
}

func TestOpenAIIgnoresForeignEnvironment(t *testing.T) {
	for name, value := range map[string]string{
		"OPENAI_BASE_URL": "http://127.0.0.1:1/", "OPENAI_API_KEY": "sk-other", "OPENAI_CUSTOM_HEADERS": "Authorization: other",
	} {
		t.Setenv(name, value)
	}
	server := newFakeOpenAI(t, completion("ok"))
	if _, err := server.model(t, nil).Generate(t.Context(), review); err != nil {
		t.Fatal(err)
	}
	if got := server.all()[0].Authorization; got != "Bearer "+testKey {
		t.Errorf("the request is authorized by %q", got)
	}
}

func TestOpenAIErrors(t *testing.T) {
	t.Parallel()
	const (
		plain   = "plain"
		later   = "later"
		noRetry = "no retry"
	)
	for name, tc := range map[string]struct {
		answer http.HandlerFunc
		want   string // retry class
		text   string // part of the error
		is     error
	}{
		"rate limit with seconds":       {failure(429, "rate_limit_exceeded", "slow down", "Retry-After", "7"), later, "429 Too Many Requests (rate_limit_exceeded): slow down", nil},
		"rate limit with a date":        {failure(429, "", "", "Retry-After", time.Now().Add(time.Minute).UTC().Format(http.TimeFormat)), later, "429", nil},
		"rate limit with milliseconds":  {failure(429, "", "", "Retry-After-Ms", "1500", "Retry-After", "9"), later, "429", nil},
		"rate limit without a time":     {failure(429, "rate_limit_exceeded", "slow down"), plain, "slow down", nil},
		"rate limit with nonsense":      {failure(429, "", "", "Retry-After", "soon"), plain, "429", nil},
		"no credit left":                {failure(429, "insufficient_quota", "pay", "Retry-After", "7"), noRetry, "no credit left", nil},
		"server error":                  {failure(500, "", "oops"), plain, "500 Internal Server Error", nil},
		"bad gateway as HTML":           {body(502, "text/html", "<html>nginx</html>"), plain, "502 Bad Gateway", nil},
		"unavailable with seconds":      {failure(503, "", "", "Retry-After", "3"), later, "503", nil},
		"timeout of a gateway":          {body(504, "text/plain", ""), plain, "504", nil},
		"request timeout":               {failure(408, "", ""), plain, "408", nil},
		"bad request":                   {failure(400, "context_length_exceeded", "too many tokens"), noRetry, "400 Bad Request (context_length_exceeded): too many tokens", nil},
		"unprocessable":                 {failure(422, "", "no"), noRetry, "422", nil},
		"wrong key":                     {failure(401, "invalid_api_key", "Incorrect API key provided: "+testKey), noRetry, "401 Unauthorized (invalid_api_key): the API key was not accepted", nil},
		"forbidden":                     {failure(403, "", "country"), noRetry, "403 Forbidden", nil},
		"missing model":                 {failure(404, "model_not_found", "The model `x` does not exist"), noRetry, "404 Not Found (model_not_found)", nil},
		"not found as HTML":             {body(404, "text/html", "<html>"), noRetry, "404 Not Found: the model or the address", nil},
		"a page instead of an answer":   {body(200, "text/html", "<html>"), plain, "not a chat completion", nil},
		"broken JSON":                   {body(200, "application/json", `{"choices":[`), plain, "not a chat completion", nil},
		"no choices":                    {choice(), plain, "empty answer", actions.ErrNoAnswer},
		"empty text":                    {completion(" \n"), plain, "empty answer", actions.ErrNoAnswer},
		"an empty fence":                {completion("```\n```"), plain, "empty answer", actions.ErrNoAnswer},
		"no text":                       {choice(map[string]any{"finish_reason": "stop", "message": map[string]any{"content": nil}}), plain, "empty answer", actions.ErrNoAnswer},
		"truncated":                     {choice(map[string]any{"finish_reason": "length", "message": map[string]any{"content": "# Hel"}}), noRetry, "stopped before the end", actions.ErrTruncated},
		"refused":                       {choice(map[string]any{"finish_reason": "stop", "message": map[string]any{"refusal": "I can't help."}}), noRetry, "I can't help.", actions.ErrRefused},
		"filtered":                      {choice(map[string]any{"finish_reason": "content_filter", "message": map[string]any{"content": "# H"}}), noRetry, "content filter", actions.ErrRefused},
		"an answer without end":         {body(200, "application/json", `{"x":"`+strings.Repeat("x", 5<<20)+`"}`), noRetry, "longer than", nil},
		"an error without end":          {body(500, "application/json", `{"x":"`+strings.Repeat("x", 5<<20)+`"}`), noRetry, "longer than", nil},
		"a message that quotes the key": {failure(400, "", "key "+testKey+" and sk-proj-aaaa****bbbb are bad"), noRetry, "key [key] and [key] are bad", nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := newFakeOpenAI(t, tc.answer)
			_, err := server.model(t, nil).Generate(t.Context(), review)
			if err == nil {
				t.Fatal("no error")
			}
			got := plain
			if _, ok := workflowkit.RetryAt(err); ok {
				got = later
			}
			if workflowkit.IsNoRetryError(err) {
				got = noRetry
			}
			if got != tc.want {
				t.Errorf("error is to be retried: %s, want %s (%v)", got, tc.want, err)
			}
			if !strings.Contains(err.Error(), tc.text) {
				t.Errorf("error %q does not say %q", err, tc.text)
			}
			if tc.is != nil && !errors.Is(err, tc.is) {
				t.Errorf("error %v is not %v", err, tc.is)
			}
			if strings.Contains(err.Error(), testKey) || strings.Contains(err.Error(), "sk-") {
				t.Errorf("error holds a key: %v", err)
			}
			if len(err.Error()) > 600 || strings.ContainsAny(err.Error(), "\n\r") {
				t.Errorf("error is no short line: %v", err)
			}
			if n := len(server.all()); n != 1 {
				t.Errorf("%d requests were made, want 1: the step is what is retried", n)
			}
		})
	}
}

func TestOpenAIHonoursRetryAfter(t *testing.T) {
	t.Parallel()
	server := newFakeOpenAI(t, failure(429, "", "", "Retry-After", "120"))
	before := time.Now()
	_, err := server.model(t, nil).Generate(t.Context(), review)
	at, ok := workflowkit.RetryAt(err)
	if low, high := before.Add(2*time.Minute), time.Now().Add(2*time.Minute); !ok || at.Before(low) || at.After(high) {
		t.Errorf("retry at %v, want between %v and %v", at, low, high)
	}
	var service *actions.ServiceError
	if !errors.As(err, &service) || service.RetryAfter != 2*time.Minute || service.Status != 429 || !service.Temporary() {
		t.Errorf("service error is %+v", service)
	}
}

func TestRetryAfter(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
	for name, tc := range map[string]struct {
		value string
		want  time.Duration
	}{
		"seconds":             {"30", 30 * time.Second},
		"parts of seconds":    {"0.5", 500 * time.Millisecond},
		"none":                {"", 0},
		"zero":                {"0", 0},
		"negative":            {"-5", 0},
		"not a number":        {"NaN", 0},
		"infinite":            {"Inf", 24 * time.Hour},
		"far too long":        {"1e300", 24 * time.Hour},
		"more than a day":     {"100000", 24 * time.Hour},
		"date":                {"Mon, 23 Nov 2026 12:01:00 GMT", time.Minute},
		"date of RFC 850":     {"Monday, 23-Nov-26 12:01:00 GMT", time.Minute},
		"date in the past":    {"Mon, 23 Nov 2026 11:00:00 GMT", 0},
		"date in the far end": {"Fri, 31 Dec 9999 23:59:59 GMT", 24 * time.Hour},
		"text":                {"later", 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := actions.RetryAfter(http.Header{"Retry-After": {tc.value}}, now); got != tc.want {
				t.Errorf("%q means %v, want %v", tc.value, got, tc.want)
			}
		})
	}
}

func TestOpenAICancellation(t *testing.T) {
	t.Parallel()
	arrived := make(chan struct{})
	server := newFakeOpenAI(t, func(_ http.ResponseWriter, r *http.Request) {
		close(arrived)
		<-r.Context().Done()
	})
	ctx, cancel := context.WithCancel(t.Context())
	go func() { <-arrived; cancel() }()
	start := time.Now()
	_, err := server.model(t, nil).Generate(ctx, review)
	if !errors.Is(err, context.Canceled) || workflowkit.IsNoRetryError(err) {
		t.Errorf("error is %v, want a retryable context.Canceled", err)
	}
	if took := time.Since(start); took > time.Minute {
		t.Errorf("cancellation took %v", took)
	}
}

func TestOpenAITimeout(t *testing.T) {
	t.Parallel()
	server := newFakeOpenAI(t, func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() })
	model := server.model(t, func(c *actions.OpenAIConfig) { c.Timeout = 50 * time.Millisecond })
	_, err := model.Generate(t.Context(), review)
	if err == nil || !strings.Contains(err.Error(), "no answer within 50ms") || workflowkit.IsNoRetryError(err) {
		t.Errorf("error is %v, want a retryable timeout", err)
	}
}

func TestOpenAITimeoutWhileReading(t *testing.T) {
	t.Parallel()
	server := newFakeOpenAI(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write([]byte(`{"choices":`))
		_ = http.NewResponseController(w).Flush()
		<-r.Context().Done()
	})
	model := server.model(t, func(c *actions.OpenAIConfig) { c.Timeout = 50 * time.Millisecond })
	_, err := model.Generate(t.Context(), review)
	if err == nil || !strings.Contains(err.Error(), "no answer within 50ms") || workflowkit.IsNoRetryError(err) {
		t.Errorf("error is %v, want a retryable timeout", err)
	}
}

func TestOpenAINetworkErrors(t *testing.T) {
	t.Parallel()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := listener.Addr().String()
	_ = listener.Close()
	closed, err := actions.NewOpenAI(actions.OpenAIConfig{APIKey: testKey, BaseURL: "http://" + address})
	if err != nil {
		t.Fatal(err)
	}
	hangsUp := newFakeOpenAI(t, func(w http.ResponseWriter, _ *http.Request) {
		conn, _, err := http.NewResponseController(w).Hijack()
		if err == nil {
			_ = conn.Close()
		}
	})
	for name, model := range map[string]*actions.OpenAI{"nobody listens": closed, "server hangs up": hangsUp.model(t, nil)} {
		t.Run(name, func(t *testing.T) {
			_, err := model.Generate(t.Context(), review)
			if err == nil || !strings.Contains(err.Error(), "no answer: ") || workflowkit.IsNoRetryError(err) {
				t.Errorf("error is %v, want a retryable error of the network", err)
			}
		})
	}
}

func TestOpenAIRefusesLongDocuments(t *testing.T) {
	t.Parallel()
	server := newFakeOpenAI(t, completion("x"))
	model := server.model(t, func(c *actions.OpenAIConfig) { c.MaxDocument = 100 })
	_, err := model.Generate(t.Context(), actions.Prompt{Task: actions.GrammarReview{}, Document: strings.Repeat("x", 101)})
	if !errors.Is(err, actions.ErrDocumentTooLong) || !workflowkit.IsNoRetryError(err) || !strings.Contains(err.Error(), "101 bytes, the limit is 100") {
		t.Errorf("error is %v", err)
	}
	if len(server.all()) != 0 {
		t.Error("the document was sent")
	}
}

func TestNewOpenAIRefusesWhatCannotWork(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		config actions.OpenAIConfig
		text   string
	}{
		"no key":                    {actions.OpenAIConfig{}, "API key is empty"},
		"a key of blanks":           {actions.OpenAIConfig{APIKey: " \n"}, "API key is empty"},
		"a key with a line break":   {actions.OpenAIConfig{APIKey: "sk-secret\nx"}, "character"},
		"no address":                {actions.OpenAIConfig{APIKey: "sk-secret", BaseURL: "api.openai.com/v1"}, "base URL"},
		"an address of other kinds": {actions.OpenAIConfig{APIKey: "sk-secret", BaseURL: "ftp://x/"}, "http:// or https://"},
		"an address with secrets":   {actions.OpenAIConfig{APIKey: "sk-secret", BaseURL: "https://a:sk-secret@x/"}, "user name"},
		"an address with a query":   {actions.OpenAIConfig{APIKey: "sk-secret", BaseURL: "https://x/?k=sk-secret"}, "query"},
		"an unreadable address":     {actions.OpenAIConfig{APIKey: "sk-secret", BaseURL: "http://sk-secret\x7f"}, "not a URL"},
		"a negative timeout":        {actions.OpenAIConfig{APIKey: "sk-secret", Timeout: -1}, "timeout"},
		"a negative limit":          {actions.OpenAIConfig{APIKey: "sk-secret", MaxDocument: -1}, "longest document"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := actions.NewOpenAI(tc.config)
			if err == nil || !strings.Contains(err.Error(), tc.text) {
				t.Errorf("error is %v, want one about %q", err, tc.text)
			}
			if err != nil && strings.Contains(err.Error(), "sk-secret") {
				t.Errorf("error holds the key: %v", err)
			}
		})
	}
}
