package inngest

import (
	"context"
	"errors"
	"time"

	"github.com/coder/websocket"

	"github.com/workflowkit/workflowkit-go/inngest/internal/connectwire"
)

var errNoHeartbeat = errors.New("the gateway does not answer heartbeats")

// read handles what the gateway sends, until the connection is gone.
func (l *link) read() {
	defer l.worker.forget(l)
	defer close(l.closed)
	replaced := false
	for {
		m, err := l.next(context.Background())
		if err != nil {
			l.fail(refusal(err))
			return
		}
		switch m.Kind {
		case connectwire.ExecutorRequest:
			// One that comes while the gateway shuts down is not taken, so the server gives it to another one.
			request, err := connectwire.ParseRequest(m.Payload)
			if err != nil {
				l.worker.logger.Error("inngest gateway sent a request that cannot be read", "connection_id", l.id, "error", err)
			} else if !replaced {
				l.worker.accept(l, request)
			}
		case connectwire.GatewayHeartbeat:
			l.mu.Lock()
			l.pending = 0
			l.mu.Unlock()
		case connectwire.WorkerReplyAck:
			if ack, err := connectwire.ParseReplyAck(m.Payload); err == nil {
				l.worker.acknowledged(ack.RequestID)
			}
		case connectwire.WorkerExtendLeaseAck:
			if ack, err := connectwire.ParseLeaseAck(m.Payload); err == nil {
				l.worker.extended(ack)
			}
		case connectwire.GatewayClosing:
			if !replaced {
				replaced = true
				close(l.replaced)
			}
		case connectwire.GatewaySyncFailed:
			l.worker.logger.Error("inngest server did not accept the functions of the app", "connection_id", l.id)
		}
	}
}

// beat tells the gateway that the worker is alive, and closes a connection on which nothing comes back.
func (l *link) beat() {
	ticker := time.NewTicker(l.heartbeats)
	defer ticker.Stop()
	for {
		select {
		case <-l.closed:
			return
		case <-ticker.C:
		}
		l.mu.Lock()
		dead := l.pending >= missedHeartbeats
		l.pending++
		l.mu.Unlock()
		if dead {
			l.fail(errNoHeartbeat)
			_ = l.ws.CloseNow()
			return
		}
		l.send(connectwire.Message{Kind: connectwire.WorkerHeartbeat})
	}
}

// send writes a message and reports whether that worked.
func (l *link) send(m connectwire.Message) bool {
	select {
	case <-l.closed:
		return false
	default:
	}
	// If this context ends, the connection is closed, as it should be if it does not take a message in that time.
	ctx, cancel := context.WithTimeout(context.Background(), linkWriteTimeout)
	defer cancel()
	if err := l.ws.Write(ctx, websocket.MessageBinary, m.Marshal()); err != nil {
		l.fail(err)
		_ = l.ws.CloseNow()
		return false
	}
	return true
}

// shut closes the connection as agreed. The reader then ends.
func (l *link) shut(reason string) {
	l.fail(errors.New(reason))
	_ = l.ws.Close(websocket.StatusNormalClosure, reason)
}

// fail notes why the connection is gone; the first reason counts.
func (l *link) fail(err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.reason == nil {
		l.reason = err
	}
}

func (l *link) err() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.reason
}
