package cms

import (
	"context"
	"errors"
	"time"

	"github.com/workflowkit/workflowkit-go/loader"
	"github.com/workflowkit/workflowkit-go/workflowkit"
	"github.com/workflowkit/workflowkit-go/workflowkit/store"
)

// recent is how long after its start a run is looked at for the list of posts although the post's status does not say
// that one is going on.
const recent = 10 * time.Minute

// step is an action of a run, as people see it.
type step struct {
	store.ActionRun
	// Title is the action's name, or that of its kind.
	Title string
	// State is what became of it, in words. Actions that have not been reached are "to do".
	State string
}

// Tries counts the attempts from 1.
func (s step) Tries() int { return s.Attempt + 1 }

// progress is how far a run is.
type progress struct {
	store.Run
	Workflow string // its name
	Steps    []step
	// Done and Total count the steps. What was skipped is done.
	Done, Total int
	// Now is the title of the step that is being worked on, or waits. Empty means none.
	Now string
	// Definition is what the run executes. Nil means that it is not known.
	Definition []byte
}

// Percent is how much of the run is done.
func (p progress) Percent() int {
	if p.Total == 0 {
		return 0
	}
	return 100 * p.Done / p.Total
}

// states are the states of actions in the words of people.
var states = map[store.Status]string{
	"": "to do", store.StatusRunning: "running", store.StatusWaiting: "waiting", store.StatusRetrying: "trying again",
	store.StatusCompleted: "done", store.StatusFailed: "failed", store.StatusSkipped: "skipped", store.StatusCancelled: "cancelled",
}

func stateOf(status store.Status) string {
	if words, ok := states[status]; ok {
		return words
	}
	return string(status)
}

// progressOf returns how far a run is.
func (a *App) progressOf(ctx context.Context, run store.Run) (progress, error) {
	out := progress{Run: run}
	if run.WorkflowID != "" {
		definition, name, err := a.executed(ctx, run)
		if err != nil {
			return progress{}, err
		}
		out.Definition, out.Workflow = definition, name
	}
	seen := map[string]bool{}
	for _, action := range run.Actions {
		out.add(step{ActionRun: action, Title: a.titleOf(action.Name, action.Kind)})
		seen[action.ActionID] = true
	}
	if parsed, err := workflowkit.ParseWorkflow(out.Definition); err == nil && !run.Status.Over() {
		for _, action := range parsed.Actions {
			if !seen[action.ID] {
				out.add(step{ActionRun: store.ActionRun{ActionID: action.ID, Kind: action.Kind}, Title: a.titleOf(action.Name, action.Kind)})
			}
		}
	}
	return out, nil
}

func (p *progress) add(s step) {
	if p.Status.Over() && !s.Status.Over() && p.Status != store.StatusCompleted {
		s.Status = store.StatusCancelled // nobody has told what became of it
	}
	s.State = stateOf(s.Status)
	p.Steps = append(p.Steps, s)
	p.Total++
	switch {
	case s.Status.Over():
		p.Done++
	case s.Status != "" && p.Now == "":
		p.Now = s.Title
	}
}

// executed returns the definition that a run is pinned to, and the name of its workflow. Both are empty if they are gone.
func (a *App) executed(ctx context.Context, run store.Run) (definition []byte, name string, err error) {
	workflow, err := a.workflows.GetWorkflow(ctx, run.WorkflowID)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return nil, "", err
	}
	name = workflow.Name
	if run.Version > 0 {
		version, err := a.workflows.GetVersion(ctx, run.WorkflowID, run.Version)
		if err == nil {
			return version.Definition, name, nil
		}
		if !errors.Is(err, store.ErrNotFound) {
			return nil, "", err
		}
	}
	if workflow.Published != nil {
		return workflow.Published.Definition, name, nil
	}
	return nil, name, nil
}

// titleOf is what people call an action.
func (a *App) titleOf(name, kind string) string {
	if name != "" {
		return name
	}
	return orText(a.kinds[kind], kind)
}

// latestRun returns how far the newest run about a post is, or nil if there is none, or no history.
func (a *App) latestRun(ctx context.Context, postID int64) (*progress, error) {
	if a.runs == nil {
		return nil, nil
	}
	runs, err := a.db.PostRuns(ctx, postID, 1)
	if err != nil || len(runs) == 0 {
		return nil, err
	}
	return a.progressOfID(ctx, runs[0].RunID)
}

// progressOfID returns how far a run is, or nil if the history does not have it (any more).
func (a *App) progressOfID(ctx context.Context, runID string) (*progress, error) {
	run, err := a.runs.GetRun(ctx, runID)
	if errors.Is(err, store.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	out, err := a.progressOf(ctx, run)
	return &out, err
}

// going returns how far the runs are that are going on, by post.
func (a *App) going(ctx context.Context, posts []loader.Post) (map[int64]*progress, error) {
	out := map[int64]*progress{}
	if a.runs == nil || len(posts) == 0 {
		return out, nil
	}
	latest, err := a.db.LatestPostRuns(ctx)
	if err != nil {
		return nil, err
	}
	for _, post := range posts {
		run, ok := latest[post.ID]
		inReview := post.Status == loader.StatusUnderReview || post.Status == loader.StatusNeedsApproval
		if !ok || !inReview && time.Since(run.StartedAt) > recent {
			continue
		}
		p, err := a.progressOfID(ctx, run.RunID)
		if err != nil {
			return nil, err
		}
		if p != nil && !p.Status.Over() {
			out[post.ID] = p
		}
	}
	return out, nil
}
