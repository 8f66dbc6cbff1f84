package workflowkit

import (
	"bytes"
	"container/list"
	"encoding/json"
	"hash/maphash"
	"sync"
)

const (
	defaultCacheSize = 256
	// maxCacheBytes bounds the documents that the cache keeps. A plan takes several times the memory of its document.
	maxCacheBytes = 64 << 20
)

// planCache keeps the plans that were used last, by the content of their definitions: a changed definition is another
// entry, so a saved change takes effect at once.
type planCache struct {
	seed maphash.Seed
	size int

	mu      sync.Mutex
	entries map[uint64]*list.Element
	// recent holds *cacheEntry, the one used last in front.
	recent *list.List
	bytes  int
}

type cacheEntry struct {
	key uint64
	// text is the document: a definition, or what a run has pinned.
	text     []byte
	plan     *plan
	problems Problems
	// pinned is set for what a run has pinned.
	pinned *pinned
	// stored is the compact form of a definition that was loaded. It is nil if that has not been asked for.
	stored json.RawMessage
}

func newPlanCache(size int) *planCache {
	return &planCache{seed: maphash.MakeSeed(), size: size, entries: map[uint64]*list.Element{}, recent: list.New()}
}

// compile returns the plan of a definition, from the cache if it is there. The findings must not be modified.
func (e *Engine) compile(definition json.RawMessage) (*plan, Problems) {
	key := e.plans.key(definition)
	entry := e.plans.get(key, definition)
	if entry != nil && entry.pinned == nil && (entry.stored == nil || bytes.Equal(entry.stored, definition)) {
		return entry.plan, entry.problems
	}
	// What the plan refers to must not change with the caller's memory.
	definition = bytes.Clone(definition)
	p, problems := compile(e.kinds, e.limits, definition)
	if entry == nil {
		e.plans.put(&cacheEntry{key: key, text: definition, plan: p, problems: problems})
	}
	return p, problems
}

func (c *planCache) key(text []byte) uint64 { return maphash.Bytes(c.seed, text) }

func (c *planCache) get(key uint64, text []byte) *cacheEntry {
	c.mu.Lock()
	defer c.mu.Unlock()
	element, ok := c.entries[key]
	if !ok {
		return nil
	}
	entry, ok := element.Value.(*cacheEntry)
	if !ok || !bytes.Equal(entry.text, text) {
		return nil
	}
	c.recent.MoveToFront(element)
	return entry
}

func (c *planCache) put(entry *cacheEntry) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if element, ok := c.entries[entry.key]; ok {
		c.remove(element)
	}
	c.entries[entry.key] = c.recent.PushFront(entry)
	c.bytes += len(entry.text)
	for c.recent.Len() > 1 && (c.recent.Len() > c.size || c.bytes > maxCacheBytes) {
		c.remove(c.recent.Back())
	}
}

func (c *planCache) remove(element *list.Element) {
	c.recent.Remove(element)
	if entry, ok := element.Value.(*cacheEntry); ok {
		delete(c.entries, entry.key)
		c.bytes -= len(entry.text)
	}
}
