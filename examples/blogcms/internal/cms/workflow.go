package cms

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/workflowkit/workflowkit-go/actions"
	"github.com/workflowkit/workflowkit-go/examples/blogcms/internal/access"
	"github.com/workflowkit/workflowkit-go/loader"
	"github.com/workflowkit/workflowkit-go/workflowkit"
)

// triggers are the events that start the application's function.
var triggers = []string{actions.EventPostUpdated, actions.EventPostPublished}

// codeTrigger is a finding of this application: the engine does not know what starts a workflow.
const codeTrigger workflowkit.Code = "trigger_unknown"

// problems returns what is wrong with a stored workflow, or may be. It is never nil.
func (a *App) problems(w loader.Workflow) workflowkit.Problems {
	found := orNone(a.engine.Validate(w.Definition))
	trigger := orEmpty(w.Trigger)
	if slices.Contains(triggers, trigger) {
		return found
	}
	problem := workflowkit.Problem{
		Code: codeTrigger, Severity: workflowkit.SeverityWarning,
		Message: fmt.Sprintf("no event of this application has the name %q, so nothing starts the workflow", trigger),
		Hint:    "choose " + strings.Join(triggers, " or ") + " as trigger",
	}
	if trigger == "" {
		problem.Message = "the workflow has no trigger, so nothing starts it"
	}
	return append(slices.Clone(found), problem)
}

// saveWorkflow stores a new workflow, with id 0, or changes one. What is enabled must be able to run; a workflow that is
// not is a draft, and can be saved with all its faults.
func (a *App) saveWorkflow(ctx context.Context, id int64, edit loader.WorkflowEdit) (loader.Workflow, error) {
	var before loader.Workflow
	if id != 0 {
		var err error
		if before, err = a.db.Workflow(ctx, id); err != nil {
			return loader.Workflow{}, err
		}
	}
	if person, ok := ctx.Value(personKey{}).(access.Person); ok {
		edit.Author = person.Label()
	}
	after := edited(before, edit)
	if relevant := len(edit.Definition) > 0 || edit.Enabled != nil || edit.Trigger != nil; relevant {
		problems := a.problems(after)
		switch ready := problems.Err() == nil && orEmpty(after.Trigger) != ""; {
		case !ready && after.Enabled:
			return loader.Workflow{}, &failure{
				Status: http.StatusBadRequest, Code: codeValidation, Details: problems,
				Message: "a workflow with faults cannot be enabled; saved with enabled false it is a draft",
			}
		case !ready: // it must not be enabled by somebody else in the meantime
			edit.Enabled = new(false)
		case after.Enabled && len(edit.Definition) == 0 && edit.Seen == "":
			// What was checked is what is enabled. The loader compares versions only in an edit that has a definition.
			edit.Definition, edit.Seen = before.Definition, before.Version
		}
	}
	if id == 0 {
		return a.db.CreateWorkflow(ctx, edit)
	}
	return a.db.UpdateWorkflow(ctx, id, edit)
}

// edited returns the workflow with a change that has not been stored.
func edited(w loader.Workflow, edit loader.WorkflowEdit) loader.Workflow {
	if edit.Trigger != nil {
		w.Trigger = edit.Trigger
	}
	if edit.Enabled != nil {
		w.Enabled = *edit.Enabled
	}
	if len(edit.Definition) > 0 {
		w.Definition = edit.Definition
	}
	return w
}
