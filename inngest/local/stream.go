package local

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
)

// unwrapStream reads the answer of an app that streams: its status, body and headers are in the body.
func unwrapStream(a answer) answer {
	if a.err != nil || a.status != http.StatusCreated {
		return a
	}
	var inner struct {
		Error   *string           `json:"error"`
		Status  int               `json:"status"`
		Body    json.RawMessage   `json:"body"`
		Headers map[string]string `json:"headers"`
	}
	if err := json.Unmarshal(a.body, &inner); err != nil {
		return answer{err: fmt.Errorf("reading the streamed answer: %w", err), header: a.header}
	}
	if inner.Error != nil {
		return answer{err: errors.New(*inner.Error), header: a.header}
	}
	var text string
	if json.Unmarshal(inner.Body, &text) == nil {
		inner.Body = json.RawMessage(text)
	}
	a.status, a.body = inner.Status, inner.Body
	for name, value := range inner.Headers {
		a.header.Set(name, value)
	}
	return a
}
