package local

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strconv"
	"time"

	"github.com/workflowkit/workflowkit-go/inngest/internal/connectwire"
)

const (
	// workerPatience is how long a call waits for a worker before it counts as failed.
	workerPatience = 15 * time.Second
	// ackPatience is how long a worker may take to say that it has a call.
	ackPatience = 3 * time.Second
)

// Errors of calls over connections, with the texts of the real server.
var (
	errNoWorker      = errors.New("connect_no_healthy_connection: Could not find a healthy connection")
	errWorkerStopped = errors.New("connect_worker_stopped_responding: The worker has stopped responding")
)

// forwarded is a call that a worker executes, or is to.
type forwarded struct {
	acked    chan struct{}
	answered chan connectwire.Response // has room for one
	extended chan struct{}             // has room for one
	lease    string
	number   int // of leases
}

// forward makes a call over a connection.
func (s *Server) forward(ctx context.Context, c Call, headers http.Header, body []byte) answer {
	app := s.appOf(c.FunctionID)
	trace, err := json.Marshal(map[string]string{"traceparent": headers.Get("Traceparent"), "tracestate": headers.Get("Tracestate")})
	if err != nil {
		return answer{err: err}
	}
	id := headers.Get("X-Request-Id")
	if c.Duplicate {
		id += "-duplicate"
	}
	f := &forwarded{acked: make(chan struct{}), answered: make(chan connectwire.Response, 1), extended: make(chan struct{}, 1), lease: id + "/0"}
	s.gateway.expect(id, f)
	defer s.gateway.forget(id)
	request := connectwire.Request{
		RequestID: id, AccountID: "account", EnvID: "env", AppID: app, AppName: app, FunctionID: c.FunctionID, FunctionSlug: c.FunctionID,
		StepID: headers.Get("X-Inngest-Step-ID"), Payload: body, SystemTrace: trace, UserTrace: trace, RunID: c.RunID, LeaseID: f.lease,
		JobID: headers.Get("X-Inngest-Job-Id"),
	}
	w, err := s.assign(ctx, app, request, f)
	if err != nil {
		return answer{err: err}
	}
	defer w.free()
	expiry := time.NewTimer(leaseDuration)
	defer expiry.Stop()
	for {
		select {
		case response := <-f.answered:
			return asAnswer(response)
		case <-f.extended:
			expiry.Reset(leaseDuration)
		case <-expiry.C:
			return answer{err: errWorkerStopped}
		case <-ctx.Done():
			return answer{err: ctx.Err()}
		}
	}
}

// assign gives a call to a worker that takes it.
func (s *Server) assign(ctx context.Context, app string, request connectwire.Request, f *forwarded) (*connectedWorker, error) {
	deadline := time.NewTimer(workerPatience)
	defer deadline.Stop()
	for {
		s.gateway.mu.Lock()
		changed := s.gateway.changed
		s.gateway.mu.Unlock()
		for _, w := range s.gateway.all() {
			if w.app != app || !w.take() {
				continue
			}
			if w.send(connectwire.ExecutorRequest, request.Marshal()) == nil && f.isAcked(ackPatience) {
				return w, nil
			}
			w.free()
		}
		select {
		case <-changed:
		case <-time.After(10 * time.Millisecond): // a worker may have got room
		case <-deadline.C:
			return nil, errNoWorker
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

func (f *forwarded) isAcked(patience time.Duration) bool {
	timer := time.NewTimer(patience)
	defer timer.Stop()
	select {
	case <-f.acked:
		return true
	case <-timer.C:
		return false
	}
}

// asAnswer returns the answer that would have come over HTTP.
func asAnswer(r connectwire.Response) answer {
	a := answer{status: http.StatusInternalServerError, header: http.Header{}, body: r.Body}
	switch r.Status {
	case connectwire.Done:
		a.status = http.StatusOK
	case connectwire.NotCompleted:
		a.status = http.StatusPartialContent
	}
	a.header.Set("X-Inngest-Sdk", r.SDKVersion)
	a.header.Set("X-Inngest-Req-Version", strconv.FormatUint(r.RequestVersion, 10))
	if r.NoRetry {
		a.header.Set("X-Inngest-No-Retry", "true")
	}
	if r.RetryAfter != "" {
		a.header.Set("Retry-After", r.RetryAfter)
	}
	return a
}

func (s *Server) appOf(function string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	if f := s.functions[function]; f != nil {
		return f.app
	}
	return ""
}

func (g *gateway) expect(id string, f *forwarded) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.waiting[id] = f
}

func (g *gateway) forget(id string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	delete(g.waiting, id)
}

func (g *gateway) acknowledge(id string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if f := g.waiting[id]; f != nil {
		select {
		case <-f.acked:
		default:
			close(f.acked)
		}
	}
}

// extend returns the next lease, or nothing if the call is not the worker's any more.
func (g *gateway) extend(ref connectwire.RequestRef) string {
	g.mu.Lock()
	defer g.mu.Unlock()
	f := g.waiting[ref.RequestID]
	if f == nil || f.lease != ref.LeaseID {
		return ""
	}
	f.number++
	f.lease = ref.RequestID + "/" + strconv.Itoa(f.number)
	select {
	case f.extended <- struct{}{}:
	default:
	}
	return f.lease
}

func (g *gateway) reply(r connectwire.Response) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if f := g.waiting[r.RequestID]; f != nil {
		select {
		case f.answered <- r:
		default: // has come before
		}
	}
}
