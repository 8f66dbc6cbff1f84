package inngest

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"sync"
	"time"

	"github.com/inngest/inngestgo"

	"github.com/workflowkit/workflowkit-go/inngest/internal/connectwire"
)

// slotPatience is how long a request may wait until there is room for it. One that is not acknowledged for longer is
// given to another worker.
const slotPatience = 2 * time.Second

// job is a request that the worker has taken.
type job struct {
	request connectwire.Request
	acked   chan struct{} // the gateway has the answer
	once    sync.Once

	mu    sync.Mutex
	lease string // empty if it was lost
}

// accept takes a request, if there is room and the worker does not stop.
func (w *worker) accept(l *link, request connectwire.Request) {
	j := &job{request: request, lease: request.LeaseID, acked: make(chan struct{})}
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.closing {
		return
	}
	if known := w.jobs[request.RequestID]; known != nil {
		// The server has lost sight of it. It is being executed, so only the lease is new.
		known.setLease(request.LeaseID)
		w.all.Go(func() {
			l.send(connectwire.Message{Kind: connectwire.WorkerRequestAck, Payload: request.Ref("").Marshal()})
		})
		return
	}
	w.jobs[request.RequestID] = j
	w.inFlight.Add(1)
	w.all.Go(func() {
		defer w.inFlight.Done()
		defer func() {
			w.mu.Lock()
			delete(w.jobs, request.RequestID)
			w.mu.Unlock()
		}()
		w.perform(l, j)
	})
}

// perform acknowledges a request, executes it and delivers the answer.
func (w *worker) perform(l *link, j *job) {
	timer := time.NewTimer(slotPatience)
	defer timer.Stop()
	select {
	case w.slots <- struct{}{}:
		defer func() { <-w.slots }()
	case <-timer.C:
		w.logger.Warn("inngest worker is busy and does not take a request", "run_id", j.request.RunID, "function_id", j.request.FunctionSlug)
		return
	case <-l.closed:
		return
	}
	// From the acknowledgement on the request is this worker's.
	if !l.send(connectwire.Message{Kind: connectwire.WorkerRequestAck, Payload: j.request.Ref("").Marshal()}) {
		return
	}
	w.lastAck.Store(time.Now().UnixNano())
	executed := make(chan struct{})
	w.all.Go(func() { w.extend(j, l.leases, executed) })
	response := w.respond(j.request)
	close(executed)
	w.deliver(j, response)
}

// extend keeps the lease of a job until it has been executed.
func (w *worker) extend(j *job, every time.Duration, executed <-chan struct{}) {
	ticker := time.NewTicker(every)
	defer ticker.Stop()
	for {
		select {
		case <-executed:
			return
		case <-ticker.C:
		}
		lease := j.currentLease()
		if lease == "" {
			w.logger.Warn("inngest worker has lost a request that it executes", "run_id", j.request.RunID, "function_id", j.request.FunctionSlug)
			return
		}
		w.send(connectwire.Message{Kind: connectwire.WorkerExtendLease, Payload: j.request.Ref(lease).Marshal()})
	}
}

func (w *worker) extended(ack connectwire.LeaseAck) {
	w.mu.Lock()
	j := w.jobs[ack.RequestID]
	w.mu.Unlock()
	if j != nil {
		j.setLease(ack.NewLeaseID)
	}
}

func (j *job) setLease(lease string) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.lease = lease
}

func (j *job) currentLease() string {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.lease
}

// respond executes a request in the same way as a call over HTTP.
func (w *worker) respond(request connectwire.Request) connectwire.Response {
	response := connectwire.Response{
		RequestID: request.RequestID, AccountID: request.AccountID, EnvID: request.EnvID, AppID: request.AppID, RunID: request.RunID,
		SystemTrace: request.SystemTrace, UserTrace: request.UserTrace,
		SDKVersion: inngestgo.HeaderValueSDK, RequestVersion: 2, Status: connectwire.Failed,
	}
	answer := newRecorder()
	if e, err := parseEnvelope(request.Payload); err != nil {
		respondError(answer, http.StatusBadRequest, "BadRequest", "bad request: "+err.Error())
	} else {
		answer = w.execute(w.asHTTP(request), e, request.Payload)
	}
	switch answer.status {
	case http.StatusOK:
		response.Status = connectwire.Done
	case http.StatusPartialContent:
		response.Status = connectwire.NotCompleted
	}
	response.Body = bytes.TrimSpace(answer.body.Bytes())
	response.NoRetry = answer.header.Get(inngestgo.HeaderKeyNoRetry) == "true"
	response.RetryAfter = answer.header.Get(inngestgo.HeaderKeyRetryAfter)
	return response
}

// asHTTP returns the request as it would have come over HTTP.
func (w *worker) asHTTP(request connectwire.Request) *http.Request {
	r := &http.Request{
		Method: http.MethodPost, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1, Host: "connect", Header: http.Header{},
		URL: &url.URL{
			Scheme: "http", Host: "connect", Path: "/",
			RawQuery: url.Values{"fnId": {request.FunctionSlug}, "stepId": {first(request.StepID, "step")}}.Encode(),
		},
	}
	var traces map[string]string
	if json.Unmarshal(request.UserTrace, &traces) == nil {
		for name, value := range traces {
			r.Header.Set(name, value)
		}
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set(inngestgo.HeaderKeyRequestID, request.RequestID)
	r.Header.Set(inngestgo.HeaderKeyJobID, request.JobID)
	return r.WithContext(w.calls)
}

// replyPatience is how long the gateway may take to acknowledge an answer.
const replyPatience = 5 * time.Second

// deliver sends an answer until it is known to have arrived: over a connection, and if that fails by the API. It gives
// up after a while, when the server takes the request for lost and repeats it.
func (w *worker) deliver(j *job, response connectwire.Response) {
	raw := response.Marshal()
	for _, delay := range append([]time.Duration{0}, reconnectDelays...) {
		if delay > 0 && w.pause(delay) != nil {
			break
		}
		if w.send(connectwire.Message{Kind: connectwire.WorkerReply, Payload: raw}) && j.wait(replyPatience) {
			return
		}
		ctx, cancel := context.WithTimeout(context.Background(), linkWriteTimeout)
		header := http.Header{inngestgo.HeaderKeyContentType: {"application/protobuf"}}
		_, err := w.callAPIRaw(ctx, http.MethodPost, "/v0/connect/flush", header, raw)
		cancel()
		if err == nil {
			return
		}
		w.logger.Warn("inngest answer could not be delivered", "run_id", response.RunID, "error", err)
	}
	w.logger.Error("inngest answer was not delivered, the server will repeat the request", "run_id", response.RunID,
		"function_id", j.request.FunctionSlug)
}

// pause waits, unless calls in progress have had time enough.
func (w *worker) pause(d time.Duration) error { return sleep(w.calls, d) }

func (w *worker) acknowledged(requestID string) {
	w.mu.Lock()
	j := w.jobs[requestID]
	w.mu.Unlock()
	if j != nil {
		j.once.Do(func() { close(j.acked) })
	}
}

// wait reports whether the answer was acknowledged in time.
func (j *job) wait(d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-j.acked:
		return true
	case <-timer.C:
		return false
	}
}
