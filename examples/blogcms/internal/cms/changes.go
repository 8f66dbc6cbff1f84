package cms

import (
	"context"
	"sync"
	"time"
)

// maxWatchers is how many pages can be told of changes at once. The others can be loaded again.
const maxWatchers = 1000

// lookInterval is how often the database is looked at for changes by other processes, while somebody watches.
const lookInterval = time.Second

// changes tells watchers that posts or runs are not as they were. Nothing is looked at while nobody watches.
type changes struct {
	// look returns something that differs when what is shown differs.
	look func(ctx context.Context) (string, error)
	// await returns when a run has changed since a number, with the number of now. Nil means that there is no history.
	await func(ctx context.Context, after int64) (int64, error)

	mu       sync.Mutex
	watchers map[chan struct{}]bool
	stop     context.CancelFunc
	looking  sync.WaitGroup
	closed   bool
}

// watch returns a channel that has something in it after each change from now on, and how to end the watch. It is false
// once the application is being closed, and if too many watch.
func (c *changes) watch(ctx context.Context) (changed <-chan struct{}, end func(), ok bool) {
	// What is there now is looked at before the watch begins, or a change in between would be taken for what was there.
	now, err := c.look(ctx)
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed || len(c.watchers) >= maxWatchers {
		return nil, nil, false
	}
	watcher := make(chan struct{}, 1)
	if c.watchers == nil {
		c.watchers = map[chan struct{}]bool{}
	}
	c.watchers[watcher] = true
	if len(c.watchers) == 1 {
		c.start(now, err == nil)
	}
	return watcher, func() { c.leave(watcher) }, true
}

func (c *changes) leave(watcher chan struct{}) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.watchers, watcher)
	if len(c.watchers) == 0 && c.stop != nil {
		c.stop()
		c.stop = nil
	}
}

// tell wakes the watchers. One that has not looked since it was woken before is awake already.
func (c *changes) tell() {
	c.mu.Lock()
	defer c.mu.Unlock()
	for watcher := range c.watchers {
		select {
		case watcher <- struct{}{}:
		default:
		}
	}
}

// start begins to look for changes, with the lock held.
func (c *changes) start(last string, known bool) {
	ctx, cancel := context.WithCancel(context.Background())
	c.stop = cancel
	c.looking.Go(func() { c.lookOut(ctx, last, known) })
	if c.await != nil {
		c.looking.Go(func() { c.followRuns(ctx) })
	}
}

func (c *changes) lookOut(ctx context.Context, last string, known bool) {
	tick := time.NewTicker(lookInterval)
	defer tick.Stop()
	for {
		// A database that does not answer is shown by the pages.
		if now, err := c.look(ctx); err == nil {
			if known && now != last {
				c.tell()
			}
			last, known = now, true
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

func (c *changes) followRuns(ctx context.Context) {
	for last := int64(0); ; {
		now, err := c.await(ctx, last)
		if ctx.Err() != nil {
			return
		}
		if err == nil {
			last = now
			c.tell()
			continue
		}
		timer := time.NewTimer(lookInterval)
		select {
		case <-ctx.Done():
		case <-timer.C:
		}
		timer.Stop()
	}
}

// close ends all watches for good: the channels say that nothing more will come.
func (c *changes) close() {
	c.mu.Lock()
	c.closed = true
	for watcher := range c.watchers {
		close(watcher)
	}
	c.watchers = nil
	if c.stop != nil {
		c.stop()
		c.stop = nil
	}
	c.mu.Unlock()
	c.looking.Wait()
}
