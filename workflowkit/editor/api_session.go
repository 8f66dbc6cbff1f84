package editor

import (
	_ "embed"
	"encoding/json"
	"net/http"

	"github.com/workflowkit/workflowkit-go/workflowkit"
)

// session is what a front end knows about its user.
type session struct {
	User     User        `json:"user"`
	Can      Permissions `json:"can"`
	Features features    `json:"features"`
}

// features are the optional parts that this editor has.
type features struct {
	Runs bool `json:"runs"`
}

func (e *Editor) getSession(r *http.Request) (*reply, error) {
	a := accessOf(r)
	if a.user.Name == "" {
		a.user.Name = a.user.ID
	}
	return ok(session{User: a.user, Can: a.can, Features: features{Runs: e.config.Runs != nil}})
}

func (e *Editor) getCatalog(*http.Request) (*reply, error) {
	return ok(struct {
		Actions workflowkit.Catalog `json:"actions"`
	}{e.config.Engine.Catalog()})
}

// openAPI describes the API.
//
//go:embed openapi.json
var openAPI []byte

func (e *Editor) getOpenAPI(*http.Request) (*reply, error) { return ok(json.RawMessage(openAPI)) }
