package workflowkit

import (
	"container/list"
	"crypto/sha256"
	"encoding/json"
	"sync"
)

const defaultCacheSize = 256

// planCache keeps the plans that were used last, by the content of their definitions: a changed definition is another
// entry, so a saved change takes effect at once.
type planCache struct {
	mu      sync.Mutex
	size    int
	entries map[[sha256.Size]byte]*list.Element
	// recent holds *cacheEntry, the one used last in front.
	recent *list.List
}

type cacheEntry struct {
	key      [sha256.Size]byte
	plan     *plan
	problems Problems
}

func newPlanCache(size int) *planCache {
	return &planCache{size: size, entries: map[[sha256.Size]byte]*list.Element{}, recent: list.New()}
}

// compile returns the plan of a definition, from the cache if it is there. The findings must not be modified.
func (e *Engine) compile(definition json.RawMessage) (*plan, Problems) {
	key := sha256.Sum256(definition)
	if entry := e.plans.get(key); entry != nil {
		return entry.plan, entry.problems
	}
	p, problems := compile(e.kinds, e.limits, definition)
	e.plans.put(&cacheEntry{key: key, plan: p, problems: problems})
	return p, problems
}

func (c *planCache) get(key [sha256.Size]byte) *cacheEntry {
	c.mu.Lock()
	defer c.mu.Unlock()
	element, ok := c.entries[key]
	if !ok {
		return nil
	}
	c.recent.MoveToFront(element)
	return element.Value.(*cacheEntry)
}

func (c *planCache) put(entry *cacheEntry) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if element, ok := c.entries[entry.key]; ok {
		element.Value = entry
		c.recent.MoveToFront(element)
		return
	}
	c.entries[entry.key] = c.recent.PushFront(entry)
	if c.recent.Len() > c.size {
		last := c.recent.Back()
		c.recent.Remove(last)
		delete(c.entries, last.Value.(*cacheEntry).key)
	}
}
