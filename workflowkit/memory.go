package workflowkit

import (
	"sync"
	"time"
)

// Memory is what a process remembers of a run from one pass to the next: when things have happened, and what observers
// have been told. Nothing is decided by it, so it may be lost. The zero value is empty and ready to use. It is safe for
// concurrent use.
type Memory struct {
	// telling is held while observers are told, so that passes which are executed at the same time take turns.
	telling sync.Mutex

	mu                sync.Mutex
	started, finished moment
	actions           []actionMemory
	// told has the keys of the transitions that observers have been told.
	told map[string]struct{}
	// passes counts the passes that are being executed, by their numbers.
	passes map[int]int
}

// actionMemory is what is remembered of an action.
type actionMemory struct {
	started, finished moment
	// failures counts the attempts that have failed.
	failures int32
}

// moment is a time in nanoseconds since 1970. Zero means that it is not known.
type moment int64

func (m moment) time() time.Time {
	if m == 0 {
		return time.Time{}
	}
	return time.Unix(0, int64(m)).UTC()
}

// forget empties the memory for a run that starts anew: nothing of it had been stored.
func (m *Memory) forget() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.started, m.finished, m.actions, m.told = 0, 0, nil, nil
}

// grow makes room for the actions of a workflow.
func (m *Memory) grow(actions int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if len(m.actions) < actions {
		m.actions = append(m.actions, make([]actionMemory, actions-len(m.actions))...)
	}
}

// set sets a time unless it is known, and returns the one that counts.
func (m *moment) set(now time.Time) time.Time {
	if *m == 0 {
		*m = moment(now.UnixNano())
	}
	return m.time()
}

func (m *Memory) runStarted(now time.Time) time.Time {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.started.set(now)
}

func (m *Memory) runFinished(now time.Time) time.Time {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.finished.set(now)
}

func (m *Memory) actionStarted(i int, now time.Time) time.Time {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.at(i).started.set(now)
}

func (m *Memory) actionFinished(i int, now time.Time) time.Time {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.at(i).finished.set(now)
}

// action returns what is remembered of an action.
func (m *Memory) action(i int) actionMemory {
	m.mu.Lock()
	defer m.mu.Unlock()
	return *m.at(i)
}

// at returns the place of an action.
func (m *Memory) at(i int) *actionMemory {
	if i >= len(m.actions) {
		m.actions = append(m.actions, make([]actionMemory, i+1-len(m.actions))...)
	}
	return &m.actions[i]
}

// run returns the times of the run.
func (m *Memory) run() (started, finished time.Time) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.started.time(), m.finished.time()
}

// failed counts a failed attempt of an action.
func (m *Memory) failed(i int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.at(i).failures++
}

// claim reports whether nobody has been told of a transition, and notes that somebody is.
func (m *Memory) claim(key string) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	if _, ok := m.told[key]; ok {
		return false
	}
	if m.told == nil {
		m.told = map[string]struct{}{}
	}
	m.told[key] = struct{}{}
	return true
}

// enter notes that a pass is being executed, leave that it no longer is.
func (m *Memory) enter(number int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.passes == nil {
		m.passes = map[int]int{}
	}
	m.passes[number]++
}

func (m *Memory) leave(number int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.passes[number]--; m.passes[number] <= 0 {
		delete(m.passes, number)
	}
}

// executing reports whether a pass is being executed.
func (m *Memory) executing(number int) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.passes[number] > 0
}

// weight is about how much the memory holds.
func (m *Memory) weight() int {
	m.mu.Lock()
	defer m.mu.Unlock()
	const base = 8
	return base + len(m.actions) + len(m.told)
}
