package inngest

import (
	"context"
	"fmt"
	"time"

	"github.com/workflowkit/workflowkit-go/workflowkit"
)

// CheckpointMode says whether the steps of a run are stored while the call that executes them goes on.
type CheckpointMode string

// The modes of [Function.Checkpoints].
const (
	// CheckpointEachStep stores each step by a request of its own, and goes on when the server has acknowledged it. A
	// workflow that neither forks nor waits takes one call.
	CheckpointEachStep CheckpointMode = ""
	// CheckpointOff answers a call after each step.
	CheckpointOff CheckpointMode = "off"
)

// maxCallTime is how long a call goes on from step to step. After that the next result is its answer: whatever is between
// the server and the app closes connections at some time.
const maxCallTime = time.Minute

// checkCheckpoints refuses a mode that does not exist.
func checkCheckpoints(fail func(string, ...any), mode CheckpointMode) {
	if mode != CheckpointEachStep && mode != CheckpointOff {
		fail("checkpoints are %q, %q or %q is needed", mode, CheckpointEachStep, CheckpointOff)
	}
}

// stores reports whether a step is to be executed and stored by a request of its own, after which the call goes on.
func (t *stepTools) stores(ctx context.Context, id string) bool {
	_, done := t.result(id)
	return !done && !inBranch(ctx) && !workflowkit.StepOptionsFrom(ctx).Isolated && t.storesSteps()
}

// storesSteps reports whether steps of the serial part of a run are stored so in this call.
//
// The number of attempts belongs to the call, not to the step. So a call that is itself another attempt stores nothing:
// its first step ends it, and the steps that follow begin with attempts of their own.
func (t *stepTools) storesSteps() bool {
	c := t.call
	return t.checkpoints == CheckpointEachStep && c.attempt == 0 && c.target == "" && !c.planOnly && !t.racing &&
		time.Since(c.started) < maxCallTime && t.client.checkpoints.open()
}

// stepOperation is a step that has been executed, as the server wants to hear of it.
type stepOperation struct {
	Op       string       `json:"op"`
	ID       string       `json:"id"`
	Name     string       `json:"name"`
	Opts     any          `json:"opts"`
	Data     any          `json:"data"`
	Timing   stepTiming   `json:"timing"`
	Userland stepUserland `json:"userland"`
}

type stepTiming struct {
	Start    int64 `json:"a"`
	Duration int64 `json:"b"`
}

type stepUserland struct {
	ID string `json:"id"`
}

// checkpointRequest is the body of the request that stores steps.
type checkpointRequest struct {
	RunID        string          `json:"run_id"`
	FunctionID   string          `json:"fn_id"`
	QueueItem    string          `json:"qi_id"`
	Steps        []stepOperation `json:"steps"`
	RequestID    string          `json:"request_id,omitempty"`
	GenerationID int             `json:"generation_id,omitempty"`
	Started      int64           `json:"request_started_at"`
}

func (c *call) checkpointPath() string { return fmt.Sprintf("/v1/checkpoint/%s/async", c.runID) }
