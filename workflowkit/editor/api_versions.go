package editor

import (
	"encoding/json"
	"errors"
	"net/http"

	"github.com/workflowkit/workflowkit-go/workflowkit"
	"github.com/workflowkit/workflowkit-go/workflowkit/store"
)

func (e *Editor) listVersions(r *http.Request) (*reply, error) {
	versions, err := e.config.Store.ListVersions(r.Context(), r.PathValue("id"))
	if err != nil {
		return nil, err
	}
	if versions == nil {
		versions = []store.Version{}
	}
	return ok(struct {
		Versions []store.Version `json:"versions"`
	}{versions})
}

func (e *Editor) getVersion(r *http.Request) (*reply, error) {
	n, err := number(r.PathValue("number"), "the version")
	if err != nil {
		return nil, err
	}
	v, err := e.config.Store.GetVersion(r.Context(), r.PathValue("id"), n)
	if err != nil {
		return nil, err
	}
	return ok(shownVersion(v))
}

// saved answers a save.
type saved struct {
	Version  store.Version        `json:"version"`
	Problems workflowkit.Problems `json:"problems"`
}

// saveVersion refuses what could not run. What is only doubtful is saved, and named.
func (e *Editor) saveVersion(r *http.Request) (*reply, error) {
	var save store.Save
	err := readBody(
		r,
		field{name: "base", what: "the number of the version that was edited, or 0", into: &save.Base, required: true},
		field{name: "definition", what: "a workflow", into: &save.Definition, required: true},
		field{name: "note", what: "a text", into: &save.Note},
	)
	if err != nil {
		return nil, err
	}
	if save.Base < 0 {
		return nil, badRequest(`the field "base" is %d; it is the number of a version, or 0`, save.Base)
	}
	if string(save.Definition) == "null" {
		return nil, badRequest(`the field "definition" is null; a workflow is expected`)
	}
	if err := checkText("note", save.Note, maxNote, "\n\r\t"); err != nil {
		return nil, err
	}
	problems, err := e.judge(r, save.Definition)
	if err != nil {
		return nil, err
	}
	if len(problems.Errors()) > 0 {
		return nil, invalid(problems)
	}
	save.Author = accessOf(r).user.author()
	v, err := e.config.Store.SaveVersion(r.Context(), r.PathValue("id"), save)
	if err != nil {
		return nil, err
	}
	return created(saved{Version: shownVersion(v), Problems: problems})
}

// judge validates a definition. The list is never nil.
func (e *Editor) judge(r *http.Request, definition json.RawMessage) (workflowkit.Problems, error) {
	release, err := e.begin(r)
	if err != nil {
		return nil, err
	}
	defer release()
	problems := e.config.Engine.Validate(definition)
	if problems == nil {
		problems = workflowkit.Problems{}
	}
	return problems, nil
}

// publishVersion refuses a version that cannot run: rows of other applications, and kinds that have been removed since,
// can be like that.
func (e *Editor) publishVersion(r *http.Request) (*reply, error) {
	var n int
	if err := readBody(r, field{name: "version", what: "the number of a version", into: &n, required: true}); err != nil {
		return nil, err
	}
	id := r.PathValue("id")
	v, err := e.config.Store.GetVersion(r.Context(), id, n)
	if err != nil {
		return nil, err
	}
	problems, err := e.judge(r, v.Definition)
	if err != nil {
		return nil, err
	}
	if len(problems.Errors()) > 0 {
		return nil, invalid(problems)
	}
	w, err := e.config.Store.PublishVersion(r.Context(), id, n)
	if err != nil {
		return nil, err
	}
	return ok(shownWorkflow(w))
}

// compared is how two versions differ.
type compared struct {
	Diff *workflowkit.Diff `json:"diff"`
	Text string            `json:"text"`
}

func (e *Editor) diffVersions(r *http.Request) (*reply, error) {
	query, err := readQuery(r, "from", "to")
	if err != nil {
		return nil, err
	}
	var states [2]*workflowkit.Workflow
	for i, name := range []string{"from", "to"} {
		n, err := number(query[name], `the parameter "`+name+`"`)
		if err != nil {
			return nil, err
		}
		v, err := e.config.Store.GetVersion(r.Context(), r.PathValue("id"), n)
		if err != nil {
			return nil, err
		}
		if states[i], err = parsed(v); err != nil {
			return nil, err
		}
	}
	release, err := e.begin(r)
	if err != nil {
		return nil, err
	}
	defer release()
	diff := workflowkit.DiffWorkflows(states[0], states[1])
	return ok(compared{Diff: diff, Text: diff.String()})
}

// parsed reads a version as a workflow. One that is none cannot be compared.
func parsed(v store.Version) (*workflowkit.Workflow, error) {
	if len(v.Definition) == 0 || string(v.Definition) == "null" {
		return nil, nil
	}
	w, err := workflowkit.ParseWorkflow(v.Definition)
	var shape *workflowkit.InvalidError
	if errors.As(err, &shape) {
		out := invalid(shape.Problems)
		out.message = "version " + itoa(v.Number) + " does not have the form of a workflow: " + out.message
		return nil, out
	}
	return w, err
}
