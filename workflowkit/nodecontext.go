package workflowkit

import (
	"context"
	"sync"
)

type nodeKey struct{}

// nodeContext is the context of a handler: it leads to the handler's node and is over once the handler is. Most handlers
// never wait on it, so the channel to wait on is made when it is first asked for.
type nodeContext struct {
	context.Context
	node *node

	mu     sync.Mutex
	over   bool
	live   context.Context
	cancel context.CancelFunc
}

var _ context.Context = (*nodeContext)(nil)

// Value implements context.Context.
func (c *nodeContext) Value(key any) any {
	if key == (nodeKey{}) {
		return c.node
	}
	c.mu.Lock()
	live := c.live
	c.mu.Unlock()
	if live == nil {
		live = c.Context
	}
	return live.Value(key)
}

// Done implements context.Context.
func (c *nodeContext) Done() <-chan struct{} {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.live == nil {
		c.live, c.cancel = context.WithCancel(c.Context)
		if c.over {
			c.cancel()
		}
	}
	return c.live.Done()
}

// Err implements context.Context.
func (c *nodeContext) Err() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch err := c.Context.Err(); {
	case err != nil:
		return err
	case c.over:
		return context.Canceled
	}
	return nil
}

// end cancels the context.
func (c *nodeContext) end() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.over = true
	if c.cancel != nil {
		c.cancel()
	}
}
