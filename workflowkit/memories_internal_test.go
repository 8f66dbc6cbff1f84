package workflowkit

import (
	"fmt"
	"testing"
	"time"
)

// What is remembered of runs is bounded, and what was used last is kept.
func TestMemoriesAreBounded(t *testing.T) {
	t.Parallel()
	m := newMemories()
	first := m.of("first")
	for i := range 200 {
		id := fmt.Sprint(i)
		m.of(id).actionStarted(maxMemory/50, time.Now())
		m.of(id).claim(id)
		m.settle(id)
		if m.of("first") != first {
			t.Fatalf("the run in use is forgotten after %d others", i)
		}
	}
	if n := m.recent.Len(); n > 60 || n != len(m.entries) {
		t.Errorf("%d runs are remembered, %d by id", n, len(m.entries))
	}
	if m.weight > maxMemory {
		t.Errorf("the weight is %d", m.weight)
	}
	if !m.of("0").claim("0") {
		t.Error("the oldest run is still remembered")
	}
	if m.of("199").claim("199") {
		t.Error("the newest run is forgotten")
	}
}
