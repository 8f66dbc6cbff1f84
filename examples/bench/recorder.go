package main

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"sync"
	"time"
)

// recorder sees all calls to the apps, and so knows when runs end and how many calls they take. A run is known by the
// token in the data of its event.
type recorder struct {
	mu   sync.Mutex
	runs map[string]*observed
}

// observed is a run that is under way.
type observed struct {
	calls int
	ended time.Time
	done  chan struct{}
	// asked is told when the run asks for an approval.
	asked chan struct{}
	seen  bool
}

func newRecorder() *recorder { return &recorder{runs: map[string]*observed{}} }

// expect makes a run known before its event is sent.
func (r *recorder) expect(token string) *observed {
	o := &observed{done: make(chan struct{}), asked: make(chan struct{})}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.runs[token] = o
	return o
}

// ask notes that a run asks for an approval, for everybody to see.
func (r *recorder) ask(token string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if o := r.runs[token]; o != nil && !o.seen {
		o.seen = true
		close(o.asked)
	}
}

// counted returns the calls of a run so far.
func (r *recorder) counted(o *observed) int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return o.calls
}

// wrap returns a handler that records the calls that next executes.
func (r *recorder) wrap(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, request *http.Request) {
		if request.Method != http.MethodPost {
			next.ServeHTTP(w, request)
			return
		}
		body, err := io.ReadAll(request.Body)
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		request.Body = io.NopCloser(bytes.NewReader(body))
		var call struct {
			Event struct {
				Data struct {
					Token string `json:"token"`
				} `json:"data"`
			} `json:"event"`
		}
		_ = json.Unmarshal(body, &call) // what cannot be read is no run of ours
		watched := &statusWriter{ResponseWriter: w}
		next.ServeHTTP(watched, request)
		r.record(call.Event.Data.Token, watched.status)
	})
}

// record notes a call. The function's result, and only that, is answered with 200.
func (r *recorder) record(token string, status int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	o := r.runs[token]
	if o == nil {
		return
	}
	o.calls++
	if status == http.StatusOK && o.ended.IsZero() {
		o.ended = time.Now()
		close(o.done)
	}
}

// statusWriter keeps the status of an answer.
type statusWriter struct {
	http.ResponseWriter
	status int
}

// WriteHeader implements [http.ResponseWriter].
func (w *statusWriter) WriteHeader(status int) {
	if w.status == 0 {
		w.status = status
	}
	w.ResponseWriter.WriteHeader(status)
}

// Write implements [http.ResponseWriter].
func (w *statusWriter) Write(b []byte) (int, error) {
	if w.status == 0 {
		w.status = http.StatusOK
	}
	return w.ResponseWriter.Write(b)
}

// Unwrap gives [http.ResponseController] the writer below.
func (w *statusWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }
