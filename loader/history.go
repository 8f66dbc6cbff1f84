package loader

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"github.com/workflowkit/workflowkit-go/workflowkit"
	"github.com/workflowkit/workflowkit-go/workflowkit/store"
)

// HistoryConfig says how much of the runs is kept, and how patient the history is. The zero value is a sensible choice.
type HistoryConfig struct {
	// MaxAge is how long a run is kept after its end. Zero means 30 days, and a negative value for ever. A run that has
	// not ended is kept for 400 days at least: it may be waiting for something.
	MaxAge time.Duration
	// MaxRuns is how many runs that are over are kept of each workflow. Zero means 10,000, and a negative value all.
	MaxRuns int
	// MaxValue is the size in bytes up to which inputs, outputs and event data are kept. A larger one is replaced by an
	// object that says so: {"truncated": true, "bytes": its size, "start": its beginning}. Zero means 64 KiB, and a
	// negative value any size.
	MaxValue int
	// WriteTimeout is how long an attempt to write to the database may take, and how long the end of a run waits for
	// its record at most. Zero means two seconds.
	WriteTimeout time.Duration
	// PollInterval is how often [History.AwaitChange] looks for changes by other processes. Those of this process are
	// known at once. Zero means half a second.
	PollInterval time.Duration
}

const (
	defaultMaxAge       = 30 * 24 * time.Hour
	defaultMaxRuns      = 10_000
	defaultMaxValue     = 64 << 10
	defaultWriteTimeout = 2 * time.Second
	defaultPollInterval = 500 * time.Millisecond

	// keepUnfinished is more than the 366 days that a run can sleep.
	keepUnfinished = 400 * 24 * time.Hour
)

// History keeps what runs did, in the database: it is the workflowkit.Observer that is told, and the store.Runs that an
// editor asks. It is made by [DB.History], is safe for concurrent use, and any number of processes may share one
// database, each with a History of its own.
//
// Transitions are written in the order in which they are told, many in one transaction, by a goroutine that lives as long
// as there is something to write. Observe does not wait for that, except at the end of a run: a process that dies later
// has not lost it. Where writes fail, runs go on as if nothing had happened; what has not been written is kept in memory, up to a bound,
// and tried again. The end of a run brings its whole result, so that whatever was missed before is in the record then.
//
// A transition that is told twice is written once, and what arrives late changes nothing that is over.
type History struct {
	db     *DB
	config HistoryConfig
	queue  historyQueue
	wake   broadcast
	// life ends when the history is closed.
	life context.Context
	end  context.CancelFunc

	mu         sync.Mutex
	seen       seenSequence
	watched    map[string]workflowChange
	prunedAt   time.Time
	endedSince map[string]bool // workflows of which runs have ended since prunedAt
}

var (
	_ workflowkit.Observer = (*History)(nil)
	_ store.Runs           = (*History)(nil)
)

// History returns a history of runs in the database. Call [History.Close] before the database is closed.
func (db *DB) History(config HistoryConfig) *History {
	setDefault(&config.MaxAge, defaultMaxAge)
	setDefault(&config.MaxRuns, defaultMaxRuns)
	setDefault(&config.MaxValue, defaultMaxValue)
	setDefault(&config.WriteTimeout, defaultWriteTimeout)
	setDefault(&config.PollInterval, defaultPollInterval)
	config.WriteTimeout = max(config.WriteTimeout, time.Millisecond)
	config.PollInterval = max(config.PollInterval, time.Millisecond)
	h := &History{db: db, config: config, prunedAt: time.Now(), endedSince: map[string]bool{}, watched: map[string]workflowChange{}}
	h.life, h.end = context.WithCancel(context.Background())
	return h
}

func setDefault[T comparable](field *T, value T) {
	var zero T
	if *field == zero {
		*field = value
	}
}

// Observe implements workflowkit.Observer. It returns at once, except at the end of a run, when it waits until that is
// written, for WriteTimeout at most and not at all while the database does not work.
func (h *History) Observe(ctx context.Context, t workflowkit.Transition) {
	if t.RunID == "" {
		return
	}
	entry := h.entryOf(t)
	accepted, start := h.queue.put(entry)
	if start {
		go h.drain()
	}
	if !accepted {
		h.db.log.ErrorContext(ctx, "history of runs is full, since it cannot be written: a transition is dropped",
			slog.String("run_id", t.RunID), slog.String("transition", string(t.Type)))
		return
	}
	if !ends(t.Type) || h.queue.failing() {
		return
	}
	timer := time.NewTimer(h.config.WriteTimeout)
	defer timer.Stop()
	select {
	case <-entry.done:
	case <-timer.C:
	case <-ctx.Done():
	}
}

// ends reports whether a run is over after the transition.
func ends(t workflowkit.TransitionType) bool {
	return t == workflowkit.RunCompleted || t == workflowkit.RunFailed || t == workflowkit.RunSkipped
}

// Flush waits until everything that has been told before is written or given up, or for the context's end. A history that
// is closed while Flush waits gives an error.
func (h *History) Flush(ctx context.Context) error {
	select {
	case <-h.queue.mark():
		return nil
	case <-h.life.Done():
		return errors.New("history of runs is closed")
	case <-ctx.Done():
		return ctx.Err()
	}
}

// Close flushes, for as long as the context allows, and stops writing. It returns the context's error if something was
// left; that much of the history is lost. What is told after Close is not written; what is stored can still be read.
func (h *History) Close(ctx context.Context) error {
	if h.life.Err() != nil {
		return nil
	}
	err := h.Flush(ctx)
	lost, stopped := h.queue.close()
	h.end()
	<-stopped
	if lost > 0 {
		h.db.log.ErrorContext(ctx, "history of runs was not written in time", slog.Int("transitions", lost))
	}
	return err
}
