package workflowkit

import (
	"context"
	"log/slog"
)

// LogObserver returns an observer that writes a line for each transition, with the names of the run, the workflow, the
// action and the step as attributes, but without inputs and outputs. What has failed is logged as an error, another
// attempt as a warning, decisions about edges for debugging, and everything else as information. A nil logger means
// [slog.Default].
//
// [Transition.Recovered] transitions are not logged: another process has done so.
func LogObserver(logger *slog.Logger) Observer {
	if logger == nil {
		logger = slog.Default()
	}
	return &logObserver{logger}
}

type logObserver struct{ logger *slog.Logger }

// Observe implements [Observer].
func (o *logObserver) Observe(ctx context.Context, t Transition) {
	level := levelOf(t.Type)
	if t.Recovered || !o.logger.Enabled(ctx, level) {
		return
	}
	attrs := make([]slog.Attr, 0, 12)
	add := func(name, value string) {
		if value != "" {
			attrs = append(attrs, slog.String(name, value))
		}
	}
	add("run_id", t.RunID)
	add("function_id", t.FunctionID)
	add("workflow_id", t.Workflow.ID)
	add("workflow_version", t.Workflow.Version)
	switch {
	case t.Edge != nil:
		add("from", t.Edge.From)
		add("to", t.Edge.To)
		attrs = append(attrs, slog.Bool("taken", t.Edge.Taken))
		add("reason", t.Edge.Reason)
	case t.Action.ID != "":
		add("action_id", t.Action.ID)
		add("kind", t.Action.Kind)
		add("step_id", t.StepID)
		if t.Attempt > 0 || t.Type == ActionRetrying {
			attrs = append(attrs, slog.Int("attempt", t.Attempt))
		}
	default:
		add("event", t.Event.Name)
	}
	if !t.Until.IsZero() {
		attrs = append(attrs, slog.Time("until", t.Until))
	}
	if !t.Started.IsZero() {
		attrs = append(attrs, slog.Duration("duration", t.Time.Sub(t.Started)))
	}
	add("reason", t.Reason)
	add("error", t.Error)
	o.logger.LogAttrs(ctx, level, messages[t.Type], attrs...)
}

// messages are what is logged of transitions.
var messages = map[TransitionType]string{
	RunStarted: "run started", RunCompleted: "run completed", RunFailed: "run failed", RunSkipped: "run skipped",
	ActionStarted: "action started", ActionWaiting: "action waits", ActionRetrying: "action will be retried",
	ActionCompleted: "action completed", ActionFailed: "action failed", ActionSkipped: "action skipped",
	EdgeDecided: "edge decided",
}

func levelOf(t TransitionType) slog.Level {
	switch t {
	case RunFailed, ActionFailed:
		return slog.LevelError
	case ActionRetrying:
		return slog.LevelWarn
	case EdgeDecided:
		return slog.LevelDebug
	default:
		return slog.LevelInfo
	}
}
