package inngest

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"time"

	"github.com/workflowkit/workflowkit-go/inngest/internal/connectwire"
)

// worker executes functions for the gateways that it is connected to: one, except while it moves to another.
type worker struct {
	*handler
	opts  ConnectOpts
	slots chan struct{} // one for each call in progress

	// cancel ends the calls in progress, when they have had time enough.
	calls  context.Context
	cancel context.CancelFunc
	// all are the goroutines that must have ended when run returns.
	all sync.WaitGroup

	lastAck atomic.Int64 // when a request was acknowledged last, in nanoseconds

	mu       sync.Mutex
	closing  bool
	links    []*link         // newest last
	jobs     map[string]*job // by request
	inFlight sync.WaitGroup  // jobs, until their answers have been delivered
}

func newWorker(client *Client, opts ConnectOpts) *worker {
	w := &worker{handler: client.serve, opts: opts, slots: make(chan struct{}, opts.MaxConcurrency), jobs: map[string]*job{}}
	w.calls, w.cancel = context.WithCancel(context.Background())
	return w
}

// ackSettle is how long ago the last acknowledgement must be when a worker says that it takes no more requests. Gateways
// let this overtake an acknowledgement that has just come, and then give the request to another worker as well (measured).
const ackSettle = 500 * time.Millisecond

// reconnectDelays are how long to wait after the first, second, … attempt to connect that has failed. The last one
// repeats.
var reconnectDelays = []time.Duration{
	time.Second, 2 * time.Second, 5 * time.Second, 10 * time.Second, 20 * time.Second, 30 * time.Second, time.Minute,
}

// run is connected until ctx ends or the server refuses.
func (w *worker) run(ctx context.Context) error {
	defer w.all.Wait()
	defer w.cancel()
	failures := 0
	exclude := ""
	for {
		l, err := w.connect(ctx, exclude)
		switch {
		case ctx.Err() != nil:
			if l != nil {
				l.shut("worker stops")
			}
			return w.drain()
		case errors.Is(err, ErrConnectRefused):
			_ = w.drain()
			return err
		case err != nil:
			delay := reconnectDelays[min(failures, len(reconnectDelays)-1)]
			failures++
			exclude = "" // it may be the only one, and back
			w.logger.Warn("inngest connection could not be established", "attempt", failures, "next_in", delay, "error", err)
			if sleep(ctx, delay) != nil {
				return w.drain()
			}
			continue
		}
		failures, exclude = 0, ""
		w.leaveOthers(l)
		w.logger.Info("inngest worker is connected", "app_id", w.appID, "connection_id", l.id, "gateway_group", l.group)
		if w.opts.Ready != nil {
			w.opts.Ready()
		}
		select {
		case <-ctx.Done():
			return w.drain()
		case <-l.closed:
			w.logger.Warn("inngest connection is lost", "connection_id", l.id, "error", l.err())
			if errors.Is(l.err(), ErrConnectRefused) {
				_ = w.drain()
				return l.err()
			}
		case <-l.replaced:
			w.logger.Info("inngest gateway shuts down, the worker connects to another one", "connection_id", l.id, "gateway_group", l.group)
			exclude = l.group
		}
	}
}

// drain lets calls in progress end, and closes all connections.
func (w *worker) drain() error {
	w.Drain()
	w.mu.Lock()
	w.closing = true
	links, n := append([]*link(nil), w.links...), len(w.jobs)
	w.mu.Unlock()
	w.logger.Info("inngest worker stops", "app_id", w.appID, "calls_in_progress", n)
	if n > 0 {
		_ = sleep(context.Background(), ackSettle-time.Since(time.Unix(0, w.lastAck.Load()))) // does not end early
	}
	for _, l := range links {
		l.send(connectwire.Message{Kind: connectwire.WorkerPause})
	}
	done := make(chan struct{})
	go func() {
		w.inFlight.Wait()
		close(done)
	}()
	var err error
	if w.opts.DrainTimeout > 0 {
		timer := time.NewTimer(w.opts.DrainTimeout)
		defer timer.Stop()
		select {
		case <-done:
		case <-timer.C:
			err = errors.New("calls in progress did not end in time and were cancelled")
			w.cancel()
		}
	}
	<-done
	for _, l := range links {
		l.shut("WORKER_SHUTDOWN")
	}
	return err
}

// leaveOthers closes the connections that another one has replaced. Answers to what came over them go over that one.
func (w *worker) leaveOthers(l *link) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, other := range w.links {
		if other != l {
			w.all.Go(func() { other.shut("WORKER_SHUTDOWN") })
		}
	}
}

// register adds a connection, and says no once the worker stops.
func (w *worker) register(l *link) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	if !w.closing {
		w.links = append(w.links, l)
	}
	return !w.closing
}

func (w *worker) forget(l *link) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for i, other := range w.links {
		if other == l {
			w.links = append(w.links[:i:i], w.links[i+1:]...)
			return
		}
	}
}

// send writes a message to the newest connection that takes it, and reports whether there was one.
func (w *worker) send(m connectwire.Message) bool {
	w.mu.Lock()
	links := append([]*link(nil), w.links...)
	w.mu.Unlock()
	for i := len(links) - 1; i >= 0; i-- {
		if links[i].send(m) {
			return true
		}
	}
	return false
}
