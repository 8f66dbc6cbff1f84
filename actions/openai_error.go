package actions

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"time"

	"github.com/openai/openai-go/v3"

	"github.com/workflowkit/workflowkit-go/workflowkit"
)

// ServiceError is an answer of a text service that is not a text.
type ServiceError struct {
	// Status is the HTTP status.
	Status int
	// Code is the service's own name for the error, for instance "rate_limit_exceeded". It may be empty.
	Code string
	// Message is the service's text, shortened and without secrets. It is empty for errors of authentication, in which
	// services quote the key.
	Message string
	// RetryAfter is how long the service asks to wait. Zero means that it did not say.
	RetryAfter time.Duration
}

// Error implements error.
func (e *ServiceError) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%d %s", e.Status, http.StatusText(e.Status))
	if e.Code != "" {
		fmt.Fprintf(&b, " (%s)", e.Code)
	}
	if hint := e.hint(); hint != "" {
		b.WriteString(": " + hint)
	}
	if e.Message != "" {
		b.WriteString(": " + e.Message)
	}
	return b.String()
}

// hint says what a person can do.
func (e *ServiceError) hint() string {
	switch {
	case e.Status == http.StatusUnauthorized:
		return "the API key was not accepted"
	case e.Status == http.StatusForbidden:
		return "the API key does not permit this"
	case e.Status == http.StatusNotFound:
		return "the model or the address does not exist"
	case e.exhausted():
		return "the account has no credit left"
	}
	return ""
}

// exhausted reports whether the service answers 429 because of an account without credit, which time does not cure.
func (e *ServiceError) exhausted() bool {
	return e.Status == http.StatusTooManyRequests && e.Code == "insufficient_quota"
}

// Temporary reports whether a later attempt may get a text.
func (e *ServiceError) Temporary() bool {
	switch e.Status {
	case http.StatusRequestTimeout, http.StatusConflict, http.StatusTooEarly:
		return true
	case http.StatusTooManyRequests:
		return !e.exhausted()
	}
	return e.Status >= 500
}

// explain turns an error of the OpenAI client into one of ours.
func (m *OpenAI) explain(err error, response *http.Response) error {
	if errors.Is(err, errResponseTooLarge) {
		return workflowkit.NoRetryError(errResponseTooLarge)
	}
	if response == nil {
		return m.networkError(err)
	}
	if response.StatusCode < 400 {
		return fmt.Errorf("answer with status %d is not a chat completion: %s", response.StatusCode, m.harmless(err.Error()))
	}
	failure := &ServiceError{Status: response.StatusCode}
	var api *openai.Error
	if errors.As(err, &api) {
		failure.Code = m.harmless(api.Code)
		if failure.Code == "" {
			failure.Code = m.harmless(api.Type)
		}
		failure.Message = m.harmless(api.Message)
	}
	if failure.Status == http.StatusUnauthorized || failure.Status == http.StatusForbidden {
		failure.Message = ""
	}
	now := time.Now()
	failure.RetryAfter = retryAfter(response.Header, now)
	switch {
	case !failure.Temporary():
		return workflowkit.NoRetryError(failure)
	case failure.RetryAfter > 0:
		return workflowkit.RetryAtError(failure, now.Add(failure.RetryAfter))
	default:
		return failure
	}
}

// networkError drops the address that an error of the HTTP client repeats.
func (m *OpenAI) networkError(err error) error {
	var wrapped *url.Error
	if errors.As(err, &wrapped) {
		err = wrapped.Err
	}
	return fmt.Errorf("no answer: %s", m.harmless(err.Error()))
}

// keyLike matches what looks like a key of OpenAI or LiteLLM, masked or not.
var keyLike = regexp.MustCompile(`\b(sk|pk|Bearer)[-_ ][A-Za-z0-9_*.\-]{4,}`)

// harmless returns a text of the service as one short line without secrets.
func (m *OpenAI) harmless(s string) string {
	s = strings.ReplaceAll(s, m.config.APIKey, "[key]")
	return clip(keyLike.ReplaceAllString(s, "[key]"), 300)
}

var errResponseTooLarge = fmt.Errorf("answer is longer than %d bytes", maxResponse)

// limitResponse bounds the body of an answer, which the client would else read whatever its length.
func limitResponse(request *http.Request, next func(*http.Request) (*http.Response, error)) (*http.Response, error) {
	response, err := next(request)
	if err == nil && response.Body != nil {
		response.Body = &limitedBody{body: response.Body, left: maxResponse}
	}
	return response, err
}

type limitedBody struct {
	body io.ReadCloser
	left int64
}

func (b *limitedBody) Read(p []byte) (int, error) {
	if b.left < 0 {
		return 0, errResponseTooLarge
	}
	n, err := b.body.Read(p[:min(int64(len(p)), b.left+1)])
	if b.left -= int64(n); b.left < 0 {
		return 0, errResponseTooLarge
	}
	return n, err
}

func (b *limitedBody) Close() error { return b.body.Close() }
