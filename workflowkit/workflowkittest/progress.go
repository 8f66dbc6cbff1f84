package workflowkittest

import (
	"time"

	"github.com/workflowkit/workflowkit-go/workflowkit"
)

var _ workflowkit.Progress = (*tools)(nil)

// Pass implements workflowkit.Progress.
func (t *tools) Pass() (number int, discovers bool) { return t.b.passes, t.target == "" }

// Known implements workflowkit.Progress.
func (t *tools) Known() int {
	newest := 0
	for _, key := range t.asked {
		if _, ok := t.b.memo[key]; !ok {
			continue
		}
		if t.b.seen[key] == 0 && t.target == "" {
			t.b.seen[key] = t.b.passes
		}
		newest = max(newest, t.b.seen[key])
	}
	return newest
}

// Watch implements workflowkit.Progress.
func (t *tools) Watch(f workflowkit.StepWatcher) { t.watch = f }

// Now implements workflowkit.Progress.
func (t *tools) Now() time.Time { return t.b.now }

// Memory implements workflowkit.Progress.
func (t *tools) Memory() *workflowkit.Memory { return &t.b.memory }
