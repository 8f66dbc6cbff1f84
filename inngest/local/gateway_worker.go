package local

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"github.com/coder/websocket"

	"github.com/workflowkit/workflowkit-go/inngest/internal/connectwire"
)

// connectedWorker is a connection of an app that executes calls over it.
type connectedWorker struct {
	server        *Server
	ws            *websocket.Conn
	group         string
	app, instance string
	max           int // calls at once; zero means any number

	mu     sync.Mutex
	busy   int
	paused bool // takes no more calls
}

// introduce exchanges the first messages, and returns the reason for which a connection is refused.
func (c *connectedWorker) introduce() (reason string, err error) {
	ctx, cancel := context.WithTimeout(c.server.ctx, helloTimeout)
	defer cancel()
	if err := c.send(connectwire.GatewayHello, nil); err != nil {
		return "connect_internal_error", err
	}
	_, raw, err := c.ws.Read(ctx)
	if err != nil {
		return "connect_worker_hello_timeout", err
	}
	m, err := connectwire.ParseMessage(raw)
	if err != nil || m.Kind != connectwire.WorkerConnect {
		return "connect_worker_hello_invalid_msg", fmt.Errorf("first message is of kind %d: %w", m.Kind, err)
	}
	in, err := connectwire.ParseConnect(m.Payload)
	if err != nil || in.InstanceID == "" || len(in.Apps) != 1 {
		return "connect_worker_hello_invalid_payload", fmt.Errorf("instance %q, %d apps: %w", in.InstanceID, len(in.Apps), err)
	}
	g := c.server.gateway
	g.mu.Lock()
	known := g.tokens[in.SessionToken]
	delete(g.tokens, in.SessionToken)
	g.mu.Unlock()
	if !known {
		return "connect_authentication_failed", errors.New("unknown session")
	}
	if err := c.server.syncConnected(in.Apps[0]); err != nil {
		return "connect_invalid_function_config", err
	}
	c.app, c.instance, c.max = in.Apps[0].Name, in.InstanceID, int(in.MaxConcurrency)
	return "", nil
}

// send writes a message.
func (c *connectedWorker) send(kind connectwire.Kind, payload []byte) error {
	ctx, cancel := context.WithTimeout(c.server.ctx, helloTimeout)
	defer cancel()
	return c.ws.Write(ctx, websocket.MessageBinary, connectwire.Message{Kind: kind, Payload: payload}.Marshal())
}

// read handles what the worker sends, until the connection is gone.
func (c *connectedWorker) read() {
	g := c.server.gateway
	for {
		_, raw, err := c.ws.Read(c.server.ctx)
		if err != nil {
			c.server.log.Info("worker disconnected", "app", c.app, "instance", c.instance, "error", err)
			return
		}
		m, err := connectwire.ParseMessage(raw)
		if err != nil {
			_ = c.ws.Close(websocket.StatusPolicyViolation, "connect_run_invalid_message")
			return
		}
		switch m.Kind {
		case connectwire.WorkerHeartbeat:
			_ = c.send(connectwire.GatewayHeartbeat, nil)
		case connectwire.WorkerPause:
			c.pause()
		case connectwire.WorkerRequestAck:
			if ref, err := connectwire.ParseRequestRef(m.Payload); err == nil {
				g.acknowledge(ref.RequestID)
			}
		case connectwire.WorkerExtendLease:
			if ref, err := connectwire.ParseRequestRef(m.Payload); err == nil {
				ack := connectwire.LeaseAck{RequestID: ref.RequestID, NewLeaseID: g.extend(ref)}
				_ = c.send(connectwire.WorkerExtendLeaseAck, ack.Marshal())
			}
		case connectwire.WorkerReply:
			if response, err := connectwire.ParseResponse(m.Payload); err == nil {
				g.reply(response)
				_ = c.send(connectwire.WorkerReplyAck, connectwire.ReplyAck{RequestID: response.RequestID}.Marshal())
			}
		}
	}
}

func (c *connectedWorker) pause() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.paused = true
}

// take asks for room for one call.
func (c *connectedWorker) take() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.paused || c.max > 0 && c.busy >= c.max {
		return false
	}
	c.busy++
	return true
}

func (c *connectedWorker) free() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.busy--
}
