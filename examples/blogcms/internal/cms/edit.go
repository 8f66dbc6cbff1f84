package cms

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strconv"

	"github.com/workflowkit/workflowkit-go/actions"
	"github.com/workflowkit/workflowkit-go/examples/blogcms/internal/access"
	"github.com/workflowkit/workflowkit-go/loader"
	"github.com/workflowkit/workflowkit-go/workflowkit"
	"github.com/workflowkit/workflowkit-go/workflowkit/editor"
	"github.com/workflowkit/workflowkit-go/workflowkit/store"
)

// editorPath is where the visual editor is.
const editorPath = "/automations/editor"

// editorOf is the editor's page of a workflow.
func editorOf(id any) string {
	switch id := id.(type) {
	case int64:
		return editorPath + "/workflows/" + strconv.FormatInt(id, 10)
	case string:
		return editorPath + "/workflows/" + url.PathEscape(id)
	default:
		return editorPath + "/"
	}
}

// editorConfig connects the visual editor with the application's workflows and users.
func (a *App) editorConfig() editor.Config {
	return editor.Config{
		Engine: a.engine, Store: a.workflows, Runs: a.runs, Authorize: a.authorizeEditor,
		Prefix: editorPath, Title: "Automations", HomeURL: "/automations", SampleEvent: a.sampleEvent,
		MaxBody: maxBody, Logger: a.logger,
	}
}

// authorizeEditor says who uses the editor: viewers look, editors draw and publish.
func (a *App) authorizeEditor(r *http.Request) (editor.User, editor.Permissions, error) {
	person, err := a.access.Identify(r)
	switch {
	case errors.Is(err, access.ErrElsewhere):
		return editor.User{}, editor.Permissions{}, nil // which may do nothing
	case errors.Is(err, access.ErrSignIn):
		return editor.User{}, editor.Permissions{}, editor.ErrUnauthenticated
	case err != nil:
		return editor.User{}, editor.Permissions{}, err
	}
	writes := person.May(loader.RoleEditor)
	return editor.User{ID: person.ID, Name: person.Label()}, editor.Permissions{View: person.May(loader.RoleViewer), Edit: writes, Publish: writes}, nil
}

// sampleEvent is what a dry run starts with: the event about the first post.
func (a *App) sampleEvent(ctx context.Context, workflow store.Workflow) (workflowkit.Event, error) {
	posts, err := a.db.Posts(ctx)
	if err != nil || len(posts) == 0 || workflow.Trigger == "" {
		return workflowkit.Event{}, err
	}
	return workflowkit.NewEvent(workflow.Trigger, actions.PostEvent{ID: actions.PostID(strconv.FormatInt(posts[0].ID, 10))})
}
