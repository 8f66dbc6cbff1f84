package cms

import (
	"encoding/json"
	"errors"
	"net/http"
	"strconv"

	"github.com/workflowkit/workflowkit-go/loader"
	"github.com/workflowkit/workflowkit-go/workflowkit"
)

// workflowBody is a workflow as a client sends it, with all fields that it reads.
type workflowBody struct {
	Name        *string `json:"name"`
	Description *string `json:"description"`
	Trigger     *string `json:"trigger"`
	Enabled     *bool   `json:"enabled"`
	// Definition is null for a workflow without a definition, and absent to leave it as it is.
	Definition json.RawMessage `json:"workflow"`
	// Version is the version that the client has seen. Nil means that the change is made in any case.
	Version *string `json:"version"`

	ID        *int64          `json:"id"`
	CreatedAt json.RawMessage `json:"created_at"` // ignored
}

func (b workflowBody) edit() loader.WorkflowEdit {
	return loader.WorkflowEdit{
		Name: b.Name, Description: b.Description, Trigger: b.Trigger, Enabled: b.Enabled, Definition: b.Definition,
		Seen: orEmpty(b.Version),
	}
}

// named fills the columns of a new workflow that are not given with what its definition says.
func named(edit loader.WorkflowEdit) loader.WorkflowEdit {
	if edit.Name == nil {
		edit.Name = memberOf(edit.Definition, "name")
	}
	if edit.Description == nil {
		edit.Description = memberOf(edit.Definition, "description")
	}
	return edit
}

// memberOf returns a text in a definition, or nil.
func memberOf(definition json.RawMessage, name string) *string {
	var members map[string]json.RawMessage
	var value *string
	if json.Unmarshal(definition, &members) != nil || json.Unmarshal(members[name], &value) != nil {
		return nil
	}
	return value
}

func (a *App) workflowReply(w loader.Workflow) reply {
	return reply{
		body: map[string]any{"workflow": w, "problems": a.problems(w)},
		etag: w.Version,
	}
}

func (a *App) listWorkflows(r *http.Request) (reply, error) {
	workflows, err := a.db.Workflows(r.Context())
	return reply{body: map[string]any{"workflows": workflows}}, err
}

func (a *App) getWorkflow(r *http.Request) (reply, error) {
	id, err := pathID(r, "workflow")
	if err != nil {
		return reply{}, err
	}
	workflow, err := a.db.Workflow(r.Context(), id)
	return a.workflowReply(workflow), err
}

func (a *App) createWorkflow(r *http.Request) (reply, error) {
	var body workflowBody
	if err := readObject(r, &body); err != nil {
		return reply{}, err
	}
	if body.ID != nil {
		return reply{}, invalid("id", "field %q cannot be set: the database chooses it", "id")
	}
	created, err := a.saveWorkflow(r.Context(), 0, named(body.edit()))
	answer := a.workflowReply(created)
	answer.status, answer.location = http.StatusCreated, "/api/workflows/"+strconv.FormatInt(created.ID, 10)
	return answer, err
}

func (a *App) updateWorkflow(r *http.Request) (reply, error) {
	id, err := pathID(r, "workflow")
	if err != nil {
		return reply{}, err
	}
	var body workflowBody
	if err := readObject(r, &body); err != nil {
		return reply{}, err
	}
	if body.ID != nil && *body.ID != id {
		return reply{}, invalid("id", "field %q is %d, the workflow is %d", "id", *body.ID, id)
	}
	demanded, err := ifMatch(r)
	if err != nil {
		return reply{}, err
	}
	edit := body.edit()
	if demanded != "" {
		edit.Seen = demanded
	}
	saved, err := a.saveWorkflow(r.Context(), id, edit)
	if demanded != "" && errors.Is(err, loader.ErrChanged) {
		err = stale()
	}
	return a.workflowReply(saved), err
}

func (a *App) setEnabled(enabled bool) endpoint {
	return func(r *http.Request) (reply, error) {
		id, err := pathID(r, "workflow")
		if err != nil {
			return reply{}, err
		}
		saved, err := a.saveWorkflow(r.Context(), id, loader.WorkflowEdit{Enabled: &enabled})
		return a.workflowReply(saved), err
	}
}

// validateWorkflow answers with all findings about a definition, which is the body or the body's field "workflow".
func (a *App) validateWorkflow(r *http.Request) (reply, error) {
	body, err := readBody(r)
	if err != nil {
		return reply{}, err
	}
	var object map[string]json.RawMessage
	if err := json.Unmarshal(body, &object); err != nil {
		return reply{}, decodeFailure(err)
	}
	definition := json.RawMessage(body)
	if inner, wrapped := object["workflow"]; wrapped && object["actions"] == nil {
		definition = inner
	}
	return reply{body: map[string]any{"problems": orNone(a.engine.Validate(definition))}}, nil
}

func (a *App) listActions(*http.Request) (reply, error) {
	return reply{body: map[string]any{"actions": a.engine.Catalog()}}, nil
}

// orNone makes an empty list of no list, which JSON tells apart.
func orNone(problems workflowkit.Problems) workflowkit.Problems {
	if problems == nil {
		return workflowkit.Problems{}
	}
	return problems
}
