package editor

import (
	"fmt"
	"net/http"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/workflowkit/workflowkit-go/workflowkit/store"
)

// The longest texts that can be said about a workflow, in characters.
const (
	maxName        = 200
	maxDescription = 4000
	maxTrigger     = 200
	maxNote        = 1000
)

func (e *Editor) listWorkflows(r *http.Request) (*reply, error) {
	workflows, err := e.config.Store.ListWorkflows(r.Context())
	if err != nil {
		return nil, err
	}
	shown := make([]store.Workflow, len(workflows))
	for i, w := range workflows {
		shown[i] = shownWorkflow(w)
	}
	return ok(struct {
		Workflows []store.Workflow `json:"workflows"`
	}{shown})
}

func (e *Editor) getWorkflow(r *http.Request) (*reply, error) {
	w, err := e.config.Store.GetWorkflow(r.Context(), r.PathValue("id"))
	if err != nil {
		return nil, err
	}
	return ok(shownWorkflow(w))
}

func (e *Editor) createWorkflow(r *http.Request) (*reply, error) {
	settings, err := readSettings(r)
	if err != nil {
		return nil, err
	}
	if settings.Name == nil {
		return nil, badRequest(`the field "name" is missing; the name of the workflow is expected`)
	}
	if settings.Enabled != nil && *settings.Enabled && !accessOf(r).can.allow(mayPublish) {
		return nil, forbidden("to turn a workflow on takes the permission to publish")
	}
	w, err := e.config.Store.CreateWorkflow(r.Context(), settings)
	if err != nil {
		return nil, err
	}
	return created(shownWorkflow(w))
}

func (e *Editor) changeWorkflow(r *http.Request) (*reply, error) {
	settings, err := readSettings(r)
	if err != nil {
		return nil, err
	}
	if (settings.Enabled != nil || settings.Trigger != nil) && !accessOf(r).can.allow(mayPublish) {
		return nil, forbidden("to turn a workflow on or off, or to change its trigger, takes the permission to publish")
	}
	w, err := e.config.Store.ChangeWorkflow(r.Context(), r.PathValue("id"), settings)
	if err != nil {
		return nil, err
	}
	return ok(shownWorkflow(w))
}

func readSettings(r *http.Request) (store.Settings, error) {
	var s store.Settings
	err := readBody(
		r,
		field{name: "name", what: "a text", into: &s.Name},
		field{name: "description", what: "a text", into: &s.Description},
		field{name: "trigger", what: "the name of an event", into: &s.Trigger},
		field{name: "enabled", what: "true or false", into: &s.Enabled},
	)
	if err != nil {
		return store.Settings{}, err
	}
	if s.Name, err = line("name", s.Name, maxName); err != nil {
		return store.Settings{}, err
	}
	if s.Name != nil && *s.Name == "" {
		return store.Settings{}, badRequest("the name is empty")
	}
	if s.Trigger, err = line("trigger", s.Trigger, maxTrigger); err != nil {
		return store.Settings{}, err
	}
	if s.Description != nil {
		if err := checkText("description", *s.Description, maxDescription, "\n\r\t"); err != nil {
			return store.Settings{}, err
		}
	}
	return s, nil
}

// line checks a text of one line, and removes the spaces around it.
func line(what string, text *string, most int) (*string, error) {
	if text == nil {
		return nil, nil
	}
	trimmed := strings.TrimSpace(*text)
	return &trimmed, checkText(what, trimmed, most, "")
}

// checkText refuses what is too long, and characters that nobody can see and some databases cannot store.
func checkText(what, text string, most int, allowed string) error {
	if n := utf8.RuneCountInString(text); n > most {
		return badRequest("the %s has %d characters, at most %d are allowed", what, n, most)
	}
	for _, c := range text {
		if unicode.IsControl(c) && !strings.ContainsRune(allowed, c) {
			return badRequest("the %s holds the control character %s", what, fmt.Sprintf("%U", c))
		}
	}
	return nil
}
