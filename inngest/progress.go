package inngest

import (
	"time"

	"github.com/workflowkit/workflowkit-go/workflowkit"
)

// progress is what a call knows about how far the run has got. The server lists the steps that have a result in the order
// in which they got it, and says the result of which has caused the call: that is the number of the pass. In a group in
// race mode each result causes a call, so what follows from a result is new in the call that it has caused, and not in
// those that happen to know it as well.
type progress struct {
	watch workflowkit.StepWatcher
	asked []string // ids of the steps of the engine's last call
	fresh bool     // one of them was executed in this call
	// recent has the places in the stack of those that may be new, and somewhat more; by hash.
	recent map[string]int
}

var _ workflowkit.Progress = (*stepTools)(nil)

// earlier is how many results before the one that has caused the call are told apart: calls that these have caused may
// still be under way.
const earlier = 32

// ask notes the id of a step that is asked for, also that of another one.
func (p *progress) ask(id string)  { p.asked, p.fresh = append(p.asked[:0], id), false }
func (p *progress) also(id string) { p.asked = append(p.asked, id) }

// Pass implements [workflowkit.Progress].
func (t *stepTools) Pass() (number int, discovers bool) { return t.call.current, t.call.target == "" }

// Known implements [workflowkit.Progress].
func (t *stepTools) Known() int {
	newest := 0
	if t.fresh {
		newest = t.call.current
	}
	if t.recent == nil {
		first := max(0, t.call.current-earlier)
		t.recent = make(map[string]int, len(t.call.stack)-first)
		for i := first; i < len(t.call.stack); i++ {
			t.recent[t.call.stack[i]] = i + 1
		}
	}
	for _, id := range t.asked {
		newest = max(newest, t.recent[t.hash(id)])
	}
	return newest
}

// Watch implements [workflowkit.Progress].
func (t *stepTools) Watch(f workflowkit.StepWatcher) { t.watch = f }

// Now implements [workflowkit.Progress].
func (t *stepTools) Now() time.Time { return time.Now() }

// Memory implements [workflowkit.Progress]. What is remembered is the engine's business: passes of a run come to the
// same process or not.
func (t *stepTools) Memory() *workflowkit.Memory { return nil }
