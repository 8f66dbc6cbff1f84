package loader

import (
	"sync"

	"github.com/workflowkit/workflowkit-go/workflowkit"
)

// What is kept in memory while it cannot be written. The ends of runs get twice the room: they bring everything else.
const (
	maxPending      = 10_000
	maxPendingBytes = 32 << 20

	maxBatch      = 256
	maxBatchBytes = 4 << 20
)

// historyEntry is a transition that waits to be written.
type historyEntry struct {
	workflowkit.Transition
	size int
	// done is closed when the transition was written or given up.
	done chan struct{}
}

// historyQueue holds entries in the order in which they were told. The zero value is ready.
type historyQueue struct {
	mu      sync.Mutex
	entries []*historyEntry
	bytes   int
	// taken are the entries that are being written.
	taken []*historyEntry
	// running is set while there is a goroutine that writes, and stopped is closed at its end.
	running bool
	stopped chan struct{}
	closed  bool
	failed  bool
}

// put adds an entry. It returns whether there was room, and whether the caller must start the goroutine that writes.
func (q *historyQueue) put(e *historyEntry) (accepted, start bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	room := 1
	if ends(e.Type) {
		room = 2
	}
	if q.closed || len(q.entries) >= room*maxPending || q.bytes >= room*maxPendingBytes {
		return false, false
	}
	q.entries = append(q.entries, e)
	q.bytes += e.size
	if q.running {
		return true, false
	}
	q.running, q.stopped = true, make(chan struct{})
	return true, true
}

// take returns the entries to write next. Without any, or once the queue is closed, it returns nil, and the goroutine
// must end.
func (q *historyQueue) take() []*historyEntry {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.taken = nil
	if len(q.entries) == 0 || q.closed {
		q.running = false
		close(q.stopped)
		return nil
	}
	n, size := 0, 0
	for n < len(q.entries) && n < maxBatch && (n == 0 || size+q.entries[n].size <= maxBatchBytes) {
		size += q.entries[n].size
		n++
	}
	q.taken = q.entries[:n:n]
	q.entries = q.entries[n:]
	q.bytes -= size
	return q.taken
}

// putBack returns entries that could not be written to the front.
func (q *historyQueue) putBack(entries []*historyEntry) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.taken = nil
	q.entries = append(append(make([]*historyEntry, 0, len(entries)+len(q.entries)), entries...), q.entries...)
	for _, e := range entries {
		q.bytes += e.size
	}
}

// mark returns a channel that is closed when everything that is in the queue now is done.
func (q *historyQueue) mark() <-chan struct{} {
	q.mu.Lock()
	defer q.mu.Unlock()
	if n := len(q.entries); n > 0 {
		return q.entries[n-1].done
	}
	if n := len(q.taken); n > 0 {
		return q.taken[n-1].done
	}
	done := make(chan struct{})
	close(done)
	return done
}

func (q *historyQueue) setFailed(failed bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.failed = failed
}

// failing reports whether the last attempt to write has failed.
func (q *historyQueue) failing() bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.failed
}

// close makes the goroutine end. It returns how many entries are left, and what is closed at the goroutine's end.
func (q *historyQueue) close() (left int, stopped <-chan struct{}) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.closed = true
	if !q.running {
		done := make(chan struct{})
		close(done)
		return len(q.entries), done
	}
	return len(q.entries) + len(q.taken), q.stopped
}

// broadcast wakes everybody who waits for its channel. The zero value is ready.
type broadcast struct {
	mu sync.Mutex
	ch chan struct{}
}

func (b *broadcast) wait() <-chan struct{} {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.ch == nil {
		b.ch = make(chan struct{})
	}
	return b.ch
}

func (b *broadcast) send() {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.ch != nil {
		close(b.ch)
		b.ch = nil
	}
}
