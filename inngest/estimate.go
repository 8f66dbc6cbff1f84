package inngest

import (
	"encoding/json"
	"errors"
	"fmt"

	"github.com/workflowkit/workflowkit-go/workflowkit"
)

// Estimate computes what a run of a workflow costs when it is executed by engine as function f: HTTP calls to the app,
// steps, and what is stored of their results. It executes nothing and makes no request. Of f only
// Checkpoints counts.
//
// See [workflowkit.Estimate] for what is assumed. Besides, a call goes on for a minute at most: a run whose steps take
// longer than that one after another takes more calls. A definition that the engine's loader would return is estimated
// with its ID and Version, which are stored with it. The error is an *[workflowkit.InvalidError] if the workflow cannot
// run.
func Estimate(engine *workflowkit.Engine, definition workflowkit.Definition, f Function) (*workflowkit.Estimate, error) {
	if engine == nil {
		return nil, errors.New("estimate: engine is nil")
	}
	estimate, err := engine.Estimate(definition, workflowkit.CostModel{
		NoCheckpoints: f.Checkpoints == CheckpointOff,
		Size: func(result json.RawMessage) int {
			if stored, err := storable(result); err == nil {
				return len(stored)
			}
			return len(result)
		},
	})
	if err != nil {
		return nil, fmt.Errorf("estimate workflow %q: %w", definition.ID, err)
	}
	return estimate, nil
}
