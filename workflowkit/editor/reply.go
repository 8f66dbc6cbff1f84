package editor

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"github.com/workflowkit/workflowkit-go/workflowkit"
	"github.com/workflowkit/workflowkit-go/workflowkit/store"
)

// reply is an answer: its status and what its JSON is made from.
type reply struct {
	status int
	body   any
	// header has further fields. Nil means none.
	header http.Header
}

func ok(body any) (*reply, error) { return &reply{status: http.StatusOK, body: body}, nil }

func created(body any) (*reply, error) { return &reply{status: http.StatusCreated, body: body}, nil }

// errorBody is the JSON of an error.
type errorBody struct {
	Error errorDetail `json:"error"`
	// Current is the newest version, beside a conflict.
	Current *store.Version `json:"current,omitempty"`
}

type errorDetail struct {
	Code     string               `json:"code"`
	Message  string               `json:"message"`
	Problems workflowkit.Problems `json:"problems,omitempty"`
}

func (e *apiError) reply() *reply {
	out := &reply{
		status: e.status, header: http.Header{},
		body: errorBody{Error: errorDetail{Code: e.code, Message: e.message, Problems: e.problems}, Current: e.current},
	}
	if e.retryAfter > 0 {
		out.header.Set("Retry-After", strconv.Itoa(e.retryAfter))
	}
	return out
}

// worthCompressing is the size from which an answer is compressed.
const worthCompressing = 4 << 10

// encode returns the JSON of the answer.
func (a *reply) encode() ([]byte, error) {
	var body bytes.Buffer
	encoder := json.NewEncoder(&body)
	encoder.SetEscapeHTML(false) // a definition is shown as it is stored; nobody takes JSON for a page
	if err := encoder.Encode(a.body); err != nil {
		return nil, &apiError{
			status: http.StatusInternalServerError, code: codeInternal, message: "something went wrong", cause: fmt.Errorf("encode answer: %w", err),
		}
	}
	return body.Bytes(), nil
}

// write sends the answer, whose JSON is given.
func (a *reply) write(w http.ResponseWriter, r *http.Request, content []byte) error {
	header := w.Header()
	for name, values := range a.header {
		header[name] = values
	}
	header.Set("Content-Type", "application/json; charset=utf-8")
	header.Set("Cache-Control", "no-store")
	if len(content) >= worthCompressing {
		header.Add("Vary", "Accept-Encoding")
		if acceptsGzip(r) {
			content = compressed(content, gzip.BestSpeed)
			header.Set("Content-Encoding", "gzip")
		}
	}
	header.Set("Content-Length", strconv.Itoa(len(content)))
	w.WriteHeader(a.status)
	_, err := w.Write(content)
	return err
}

// acceptsGzip reports whether the reader takes compressed answers.
func acceptsGzip(r *http.Request) bool {
	for part := range strings.SplitSeq(strings.Join(r.Header.Values("Accept-Encoding"), ","), ",") {
		name, params, _ := strings.Cut(strings.TrimSpace(part), ";")
		if strings.EqualFold(strings.TrimSpace(name), "gzip") {
			q, set := strings.CutPrefix(strings.ReplaceAll(params, " ", ""), "q=")
			weight, err := strconv.ParseFloat(q, 64)
			return !set || err == nil && weight > 0
		}
	}
	return false
}

func compressed(content []byte, level int) []byte {
	var out bytes.Buffer
	writer, err := gzip.NewWriterLevel(&out, level)
	if err != nil {
		return content // unreachable: the levels are constants
	}
	_, _ = writer.Write(content) // a buffer takes everything
	_ = writer.Close()
	return out.Bytes()
}
