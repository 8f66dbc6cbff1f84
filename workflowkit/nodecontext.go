package workflowkit

import (
	"context"
	"sync"
	"sync/atomic"
)

type nodeKey struct{}

// nodeContext is the context of a handler: it leads to the handler's node and is over once the handler is. Most handlers
// never wait on it, so the channel to wait on is made when it is first asked for.
type nodeContext struct {
	context.Context
	node *node

	over atomic.Bool
	live atomic.Pointer[liveContext]
	mu   sync.Mutex // held to make live
}

// liveContext is a context that can be waited for.
type liveContext struct {
	context.Context
	cancel context.CancelFunc
}

var _ context.Context = (*nodeContext)(nil)

// Value implements context.Context.
func (c *nodeContext) Value(key any) any {
	if key == (nodeKey{}) {
		return c.node
	}
	if live := c.live.Load(); live != nil {
		return live.Value(key)
	}
	return c.Context.Value(key)
}

// Done implements context.Context.
func (c *nodeContext) Done() <-chan struct{} {
	if live := c.live.Load(); live != nil {
		return live.Done()
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if live := c.live.Load(); live != nil {
		return live.Done()
	}
	live := &liveContext{}
	live.Context, live.cancel = context.WithCancel(c.Context)
	c.live.Store(live)
	// end looks for what is live after it has set over, so one of the two sees the other.
	if c.over.Load() {
		live.cancel()
	}
	return live.Done()
}

// Err implements context.Context.
func (c *nodeContext) Err() error {
	if err := c.Context.Err(); err != nil {
		return err
	}
	if c.over.Load() {
		return context.Canceled
	}
	return nil
}

// end cancels the context.
func (c *nodeContext) end() {
	c.over.Store(true)
	if live := c.live.Load(); live != nil {
		live.cancel()
	}
}
