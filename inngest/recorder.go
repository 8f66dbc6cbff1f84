package inngest

import (
	"bytes"
	"encoding/json"
	"net/http"

	"github.com/inngest/inngestgo"
)

// recorder keeps an answer in memory.
type recorder struct {
	header http.Header
	status int
	body   bytes.Buffer
}

func newRecorder() *recorder { return &recorder{header: http.Header{}} }

// Header implements [http.ResponseWriter].
func (r *recorder) Header() http.Header { return r.header }

// WriteHeader implements [http.ResponseWriter].
func (r *recorder) WriteHeader(status int) {
	if r.status == 0 {
		r.status = status
	}
}

// Write implements [http.ResponseWriter].
func (r *recorder) Write(b []byte) (int, error) {
	r.WriteHeader(http.StatusOK)
	return r.body.Write(b)
}

// send writes the answer to w.
func (r *recorder) send(w http.ResponseWriter) {
	for name, values := range r.header {
		w.Header()[name] = values
	}
	w.WriteHeader(r.status)
	_, _ = w.Write(r.body.Bytes())
}

// replace makes the answer an error.
func (r *recorder) replace(name, message string) {
	r.status = 0
	r.body.Reset()
	// What was said about another answer does not hold for this one.
	r.header.Del(inngestgo.HeaderKeyNoRetry)
	r.header.Del(inngestgo.HeaderKeyRetryAfter)
	respondError(r, http.StatusInternalServerError, name, message)
}

// final says that another attempt is not wanted, if that is so.
func (r *recorder) final(final bool) {
	if final {
		r.header.Set(inngestgo.HeaderKeyNoRetry, "true")
	}
}

// problem returns the error that the answer reports.
func (r *recorder) problem() errorBody {
	problem := errorBody{Name: "Error"}
	if json.Unmarshal(r.body.Bytes(), &problem) != nil {
		problem.Message = string(bytes.TrimSpace(r.body.Bytes()))
	}
	if problem.Name == "" {
		problem.Name = "Error"
	}
	return problem
}
