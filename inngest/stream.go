package inngest

import (
	"encoding/json"
	"net/http"
	"time"

	"github.com/inngest/inngestgo"
)

const (
	// streamInterval is how often a streamed answer grows by a byte. What closes idle connections waits longer.
	streamInterval = 5 * time.Second
	// streamDelay is after how long an answer begins. Some proxies take an answer badly that begins while they still look
	// for the end of the request, and most calls are over by then.
	streamDelay = 100 * time.Millisecond
)

// streamedAnswer is the end of a streamed answer, after the bytes that keep the connection alive. Its status and headers
// take the place of those of the HTTP response, which had to be sent first. The body is a text that holds the JSON:
// servers decode a text once, so that a result which is itself a text stays one.
type streamedAnswer struct {
	Status  int               `json:"status"`
	Headers map[string]string `json:"headers"`
	Body    string            `json:"body"`
}

// streamCall executes a function while it sends white space, so that nothing on the way takes the connection for dead.
func (h *handler) streamCall(w http.ResponseWriter, r *http.Request, e *envelope, body []byte) {
	inngestgo.SetBasicResponseHeaders(w)
	w.Header().Del(inngestgo.HeaderKeyUserAgent)
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("X-Accel-Buffering", "no")
	controller := http.NewResponseController(w)
	grow := func() {
		// A server's WriteTimeout is for answers that are stuck, and this one is not. Where that cannot be said, or
		// nothing can be flushed, the answer is as good as one that is not streamed.
		_ = controller.SetWriteDeadline(time.Now().Add(h.streamInterval + time.Minute))
		_, _ = w.Write([]byte(" "))
		_ = controller.Flush()
	}
	answers := make(chan *recorder, 1)
	go func() { answers <- h.execute(r, e, body) }()
	timer := time.NewTimer(min(streamDelay, h.streamInterval))
	defer timer.Stop()
	w.WriteHeader(http.StatusCreated) // which is not sent yet
	for {
		select {
		case <-timer.C:
			grow()
			timer.Reset(h.streamInterval)
		case answer := <-answers:
			end := streamedAnswer{Status: answer.status, Headers: map[string]string{}, Body: answer.body.String()}
			for name := range answer.header {
				end.Headers[name] = answer.header.Get(name)
			}
			_ = json.NewEncoder(w).Encode(end)
			return
		}
	}
}
