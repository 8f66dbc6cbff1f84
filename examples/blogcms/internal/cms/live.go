package cms

import (
	"fmt"
	"net/http"
	"time"
)

const (
	// aliveInterval is how often a stream says that it is there, and looks whether its reader still may read.
	aliveInterval = 15 * time.Second
	// calmInterval is the shortest time between two messages: a run that does much at once is one change.
	calmInterval = 150 * time.Millisecond
	// reconnect is after how many milliseconds a browser comes back to a stream that has broken.
	reconnect = 2000
)

// live tells a page, by server-sent events, that what it shows may have changed. The page then loads itself again and
// puts the parts that differ in place, so that pages have one template and no rights of their own.
func (a *App) live(w http.ResponseWriter, r *http.Request) {
	changed, end, ok := a.changes.watch(r.Context())
	if !ok {
		a.fail(w, r, &failure{Status: http.StatusServiceUnavailable, Code: codeInternal, Message: "no stream of changes can be opened at the moment", wait: time.Second})
		return
	}
	defer end()
	out := http.NewResponseController(w)
	w.Header().Set("Content-Type", "text/event-stream")
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("X-Accel-Buffering", "no") // a proxy that collects answers would keep them
	if r.Method == http.MethodHead {
		return // what follows has no end
	}
	send := func(format string, args ...any) bool {
		if _, err := fmt.Fprintf(w, format, args...); err != nil {
			return false
		}
		return out.Flush() == nil
	}
	count := 0
	change := func() bool {
		count++
		return send("id: %d\nevent: change\ndata: {}\n\n", count)
	}
	// What has changed since the page was rendered, or while the connection was lost, is not known: so much for the first.
	if !send("retry: %d\n\n", reconnect) || !change() {
		return
	}
	alive := time.NewTicker(aliveInterval)
	defer alive.Stop()
	for {
		select {
		case <-r.Context().Done():
			return
		case _, open := <-changed:
			if !open || !change() {
				return
			}
			calm := time.NewTimer(calmInterval)
			select {
			case <-r.Context().Done():
			case <-calm.C:
			}
			calm.Stop()
		case <-alive.C:
			if _, err := a.access.Identify(r); err != nil {
				send("event: end\ndata: {}\n\n")
				return
			}
			if !send(": alive\n\n") {
				return
			}
		}
	}
}
