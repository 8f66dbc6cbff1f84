package local

import (
	"encoding/json"
	"math/rand/v2"
	"slices"
	"time"
)

// run is a run as the server keeps it. The server's mutex protects it.
type run struct {
	id      string
	seq     uint64
	fn      *function
	events  []*event
	status  Status
	output  json.RawMessage
	err     *RunError
	queued  time.Time
	started time.Time
	ended   time.Time

	stack     []string
	memos     map[string]json.RawMessage
	executed  map[string]executed // the StepRun that has given each memo
	serial    map[string]bool     // steps that a checkpoint has stored: the call that has run them goes on with their results
	stateSize int
	pending   map[string]bool // steps that must end before the next discovery
	seen      map[string]bool // ids of jobs, each of which is done once
	version   int             // of the protocol, -1 until the app has said
	planOnly  bool            // disable_immediate_execution

	steps     map[string]*Step
	stepOrder []string
	calls     []*Call
	stored    int // checkpoint requests
	faults    []Fault
	result    *job // the job whose answer has ended the run
	concluded bool // that answer was the function's result
	raced     bool // an operation was in Race mode
	closed    bool // the step reported last was reported when all others had ended

	jobs      int // queued, ready or being done
	pauses    []*pause
	stepKeys  []string // of concurrency limits, parallel to fn.stepLimits
	runKeys   []string
	single    string // key of the singleton, empty if none
	holding   bool   // counts against the limits for runs
	priority  time.Duration
	rng       *rand.Rand
	slots     int // with ShuffleSteps: planned steps at a time
	active    int // planned steps being called
	throttled bool
	traceID   string
}

// executed is the first report of a step's result.
type executed struct {
	op operation
	// checkpoint is the queue item whose call has stored the result while it was going on. An app that did not get to
	// know of that reports the same result again in its answer.
	checkpoint string
}

func (r *run) snapshot() Run {
	out := Run{
		ID: r.id, FunctionID: r.fn.slug, AppID: r.fn.app, Status: r.status, Output: slices.Clone(r.output),
		Queued: r.queued, Started: r.started, Ended: r.ended, Checkpoints: r.stored, Faults: slices.Clone(r.faults),
		EventName: r.events[0].name,
	}
	if r.err != nil {
		copied := *r.err
		out.Error = &copied
	}
	for _, e := range r.events {
		out.EventIDs = append(out.EventIDs, e.internalID)
	}
	for _, id := range r.stepOrder {
		out.Steps = append(out.Steps, *r.steps[id])
	}
	for _, c := range r.calls {
		call := *c
		call.Operations = slices.Clone(c.Operations)
		out.Calls = append(out.Calls, call)
	}
	return out
}
