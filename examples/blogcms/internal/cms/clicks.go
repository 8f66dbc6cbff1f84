package cms

import (
	"context"
	"sync"
	"time"

	"github.com/workflowkit/workflowkit-go/loader"
)

const (
	// doubleClick is how long after a decision the same one is taken for a repetition, if nothing has happened since.
	doubleClick = 2 * time.Second
	clickLocks  = 64
)

// clicks makes decisions about a post one at a time, and the second half of a double click harmless. It knows the
// decisions of this process; two processes that take the same one start two runs, of which Inngest keeps one.
type clicks struct {
	locks [clickLocks]chan struct{} // of posts with the same remainder

	mu   sync.Mutex
	last map[int64]click
	now  func() time.Time
}

type click struct {
	decision decision
	status   string
	version  int64
	at       time.Time
}

func newClicks() *clicks {
	c := &clicks{last: map[int64]click{}, now: time.Now}
	for i := range c.locks {
		c.locks[i] = make(chan struct{}, 1)
	}
	return c
}

// lock waits until no other decision about the post is being carried out.
func (c *clicks) lock(ctx context.Context, id int64) (unlock func(), err error) {
	slot := c.locks[uint64(id)%clickLocks]
	select {
	case slot <- struct{}{}:
		return func() { <-slot }, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// remember notes a decision that was carried out, with the post as it left it.
func (c *clicks) remember(d decision, post loader.Post) {
	c.mu.Lock()
	defer c.mu.Unlock()
	now := c.now()
	for id, old := range c.last {
		if now.Sub(old.at) >= doubleClick {
			delete(c.last, id)
		}
	}
	c.last[post.ID] = click{decision: d, status: post.Status, version: post.Version, at: now}
}

// repeated reports whether the decision has just been carried out, and the post is still as that left it.
func (c *clicks) repeated(d decision, post loader.Post) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	last, ok := c.last[post.ID]
	return ok && last.decision == d && last.status == post.Status && last.version == post.Version &&
		c.now().Sub(last.at) < doubleClick
}
