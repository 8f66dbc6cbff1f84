package soak

import (
	"context"
	"strconv"
	"time"

	"github.com/workflowkit/workflowkit-go/workflowkit"
)

const (
	startEvent  = "soak/start"
	answerEvent = "soak/answer"
	// patience is how long an action waits for its answer, which comes within moments unless it is lost.
	patience = 5 * time.Minute
)

// started is the data of an event that starts a run.
type started struct {
	// Number is the run's, and that of its workflow.
	Number int `json:"number"`
}

type workInput struct {
	Steps int `json:"steps"`
	N     int `json:"n"`
}

type workOutput struct {
	N int `json:"n"`
}

// effect is a step that writes itself down.
func (l *ledger) effect(ctx context.Context, run *workflowkit.Run, step string) error {
	return workflowkit.Do(ctx, step, func(ctx context.Context) error { return l.record(ctx, run, step) })
}

// actions returns the actions of a replica. An older catalogue lacks one.
func (l *ledger) actions(older bool) []workflowkit.Action {
	work := func(ctx context.Context, run *workflowkit.Run, in workInput) (workOutput, error) {
		for i := range in.Steps {
			if err := l.effect(ctx, run, stepName(i)); err != nil {
				return workOutput{}, err
			}
		}
		return workOutput{in.N}, nil
	}
	pause := func(ctx context.Context, run *workflowkit.Run, in workInput) (workOutput, error) {
		if err := l.effect(ctx, run, "before"); err != nil {
			return workOutput{}, err
		}
		if err := workflowkit.Sleep(ctx, "sleep", time.Duration(in.Steps)*100*time.Millisecond); err != nil {
			return workOutput{}, err
		}
		return workOutput{in.N}, l.effect(ctx, run, "after")
	}
	ask := func(ctx context.Context, run *workflowkit.Run, in workInput) (workOutput, error) {
		key := run.ID + "/" + run.Action.ID
		_, err := workflowkit.WaitForEvent(ctx, "answer", workflowkit.WaitForEventOpts{
			Event: answerEvent, If: "async.data.key == " + strconv.Quote(key), Timeout: patience,
			Announce: &workflowkit.Announcement{StepID: "ask", Run: func(ctx context.Context) error {
				return l.ask(ctx, run, key)
			}},
		})
		if err != nil {
			return workOutput{}, err
		}
		return workOutput{in.N}, l.effect(ctx, run, "answered")
	}
	finish := func(ctx context.Context, run *workflowkit.Run, in workInput) (workOutput, error) {
		return workOutput{in.N}, l.effect(ctx, run, "finish")
	}
	list := []workflowkit.Action{
		workflowkit.Define(workflowkit.Spec{Kind: kindWork}, work),
		workflowkit.Define(workflowkit.Spec{Kind: kindPause}, pause),
		workflowkit.Define(workflowkit.Spec{Kind: kindAsk}, ask),
		workflowkit.Define(workflowkit.Spec{Kind: kindFinish}, finish),
	}
	if !older {
		list = append(list, workflowkit.Define(workflowkit.Spec{Kind: kindNewer}, work))
	}
	return list
}
