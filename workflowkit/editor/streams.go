package editor

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"sync"
	"time"
)

const (
	// heartbeat is how often a stream says something, so that proxies and browsers see that it is alive.
	heartbeat = 15 * time.Second
	// writeTimeout is how long a reader may take for an event before it is given up.
	writeTimeout = 10 * time.Second
	// breather is the least time between two events of a stream: what changes in between is one event.
	breather = 100 * time.Millisecond
)

// streams counts what is open.
type streams struct {
	mu   sync.Mutex
	free int
}

// take reserves a stream, and returns what gives it back.
func (s *streams) take() (release func(), ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.free <= 0 {
		return nil, false
	}
	s.free--
	return func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.free++
	}, true
}

// stream is an open stream of server-sent events.
type stream struct {
	w          http.ResponseWriter
	controller *http.ResponseController
	request    *http.Request
	authorize  Authorize
	// last is what the reader has seen, if it says so.
	last    int64
	resumed bool
}

// open starts a stream. The caller must call end. The context ends with the request, and with the editor.
func (e *Editor) open(w http.ResponseWriter, r *http.Request) (ctx context.Context, s *stream, end func(), err error) {
	if e.life.Err() != nil {
		return nil, nil, nil, busy("the server is shutting down")
	}
	release, free := e.streams.take()
	if !free {
		return nil, nil, nil, busy("too many streams are open")
	}
	ctx, cancel := context.WithCancel(r.Context())
	stop := context.AfterFunc(e.life, cancel)
	s = &stream{w: w, controller: http.NewResponseController(w), request: r, authorize: e.config.Authorize}
	if id := r.Header.Get("Last-Event-ID"); id != "" {
		if n, err := strconv.ParseInt(id, 10, 64); err == nil && n >= 0 {
			s.last, s.resumed = n, true
		}
	}
	return ctx, s, func() { stop(); cancel(); release() }, nil
}

// begin sends the header. From here on there are no errors to answer with.
func (s *stream) begin() error {
	header := s.w.Header()
	header.Set("Content-Type", "text/event-stream; charset=utf-8")
	header.Set("Cache-Control", "no-store")
	header.Set("X-Accel-Buffering", "no") // nginx would keep events back
	// A server's time limits are for requests that end.
	if err := s.controller.SetReadDeadline(time.Time{}); err != nil && !errors.Is(err, http.ErrNotSupported) {
		return err
	}
	s.w.WriteHeader(http.StatusOK)
	return s.write("retry: 2000\n\n")
}

// write sends text, at once.
func (s *stream) write(text string) error {
	if err := s.controller.SetWriteDeadline(time.Now().Add(writeTimeout)); err != nil && !errors.Is(err, http.ErrNotSupported) {
		return err
	}
	if _, err := s.w.Write([]byte(text)); err != nil {
		return err
	}
	return s.controller.Flush()
}

// event sends an event with a sequence number as its id.
func (s *stream) event(name string, sequence int64, data any) error {
	raw, err := json.Marshal(data)
	if err != nil {
		return err
	}
	return s.write(fmt.Sprintf("event: %s\nid: %d\ndata: %s\n\n", name, sequence, raw))
}

// await calls wait until it returns without the time being up, and keeps the stream alive meanwhile. A user who may not
// look any more has the stream ended.
func (s *stream) await(ctx context.Context, wait func(ctx context.Context) (int64, error)) (int64, error) {
	for {
		limited, cancel := context.WithTimeout(ctx, heartbeat)
		sequence, err := wait(limited)
		late := limited.Err() != nil
		cancel()
		if err == nil || ctx.Err() != nil || !late {
			return sequence, err
		}
		if _, can, err := s.authorize(s.request); err != nil || !can.View {
			return 0, errors.Join(errors.New("the user may not look any more"), err)
		}
		if err := s.write(": still here\n\n"); err != nil {
			return 0, err
		}
	}
}

// pause lets changes gather.
func pause(ctx context.Context) {
	timer := time.NewTimer(breather)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
	}
}
