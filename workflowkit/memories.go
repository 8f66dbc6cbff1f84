package workflowkit

import (
	"container/list"
	"sync"
)

// maxMemory bounds what an engine remembers of runs: about that many actions and transitions, some ten megabytes.
const maxMemory = 1 << 17

// memories are the memories of the runs that an engine has worked on last.
type memories struct {
	mu      sync.Mutex
	entries map[string]*list.Element
	// recent holds *memoryEntry, the one used last in front.
	recent *list.List
	weight int
}

type memoryEntry struct {
	runID  string
	memory *Memory
	// weight is what the entry has been counted with.
	weight int
}

func newMemories() *memories {
	return &memories{entries: map[string]*list.Element{}, recent: list.New()}
}

// of returns the memory of a run.
func (m *memories) of(runID string) *Memory {
	m.mu.Lock()
	defer m.mu.Unlock()
	if element, ok := m.entries[runID]; ok {
		m.recent.MoveToFront(element)
		return element.Value.(*memoryEntry).memory //nolint:forcetypeassert // nothing else is in the list
	}
	entry := &memoryEntry{runID: runID, memory: &Memory{}}
	m.entries[runID] = m.recent.PushFront(entry)
	return entry.memory
}

// settle counts what a pass has added to the memory of a run, and forgets the runs that were worked on longest ago.
func (m *memories) settle(runID string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	element, ok := m.entries[runID]
	if !ok {
		return
	}
	entry := element.Value.(*memoryEntry) //nolint:forcetypeassert // nothing else is in the list
	weight := entry.memory.weight()
	m.weight += weight - entry.weight
	entry.weight = weight
	for m.weight > maxMemory && m.recent.Len() > 1 {
		oldest := m.recent.Remove(m.recent.Back()).(*memoryEntry) //nolint:forcetypeassert // see above
		delete(m.entries, oldest.runID)
		m.weight -= oldest.weight
	}
}
