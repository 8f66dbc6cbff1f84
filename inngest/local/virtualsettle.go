package local

import (
	"context"
	"slices"
	"time"
)

// settle waits until all servers are idle at the same time.
func (c *VirtualClock) settle(ctx context.Context) error {
	c.mu.Lock()
	servers := slices.Clone(c.servers)
	c.mu.Unlock()
	for {
		for _, s := range servers {
			if err := s.Idle(ctx); err != nil {
				return err
			}
		}
		// A server may have been woken by another one while that one was waited for.
		if !slices.ContainsFunc(servers, func(s *Server) bool { return !s.idleNow() }) {
			return nil
		}
	}
}

func (c *VirtualClock) attach(s *Server) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.servers = append(c.servers, s)
}

func (c *VirtualClock) detach(s *Server) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.servers = slices.DeleteFunc(c.servers, func(other *Server) bool { return other == s })
}

// jump is called by a server that has become idle. It never runs twice at the same time: a caller that finds it running
// asks it to look again.
func (c *VirtualClock) jump() {
	c.mu.Lock()
	c.wanted = true
	if c.jumping {
		c.mu.Unlock()
		return
	}
	c.jumping = true
	for c.auto && c.wanted {
		c.wanted = false
		servers := slices.Clone(c.servers)
		c.mu.Unlock()
		if !slices.ContainsFunc(servers, func(s *Server) bool { return !s.idleNow() }) {
			c.fireNext(time.Time{}, true) // which ends with a call of jump if nothing is left to do
		}
		c.mu.Lock()
	}
	c.jumping = false
	c.mu.Unlock()
}
