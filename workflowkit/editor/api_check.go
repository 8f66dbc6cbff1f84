package editor

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"runtime"
	"strconv"
	"time"

	"github.com/workflowkit/workflowkit-go/workflowkit"
)

// maxWork is how many definitions are worked on at once: each can be as large as a body.
var maxWork = 2 * runtime.GOMAXPROCS(0)

// patience is how long a request waits for others to be done.
const patience = 5 * time.Second

// begin waits until there is room to work on a definition. The caller must call release.
func (e *Editor) begin(r *http.Request) (release func(), err error) {
	release = func() { <-e.work }
	select {
	case e.work <- struct{}{}:
		return release, nil
	default:
	}
	timer := time.NewTimer(patience)
	defer timer.Stop()
	select {
	case e.work <- struct{}{}:
		return release, nil
	case <-timer.C:
		return nil, busy("too many workflows are being checked at the moment; try again")
	case <-r.Context().Done():
		return nil, context.Cause(r.Context())
	}
}

// judged is what there is to say about a definition while somebody works on it.
type judged struct {
	Problems workflowkit.Problems         `json:"problems"`
	Scopes   map[string]workflowkit.Scope `json:"scopes"`
	// Omitted says that the workflow is too large for all scopes at once: ask for those of single actions.
	Omitted bool `json:"scopes_omitted,omitempty"`
}

// maxScopes is the largest number of actions whose scopes are returned at once.
const maxScopes = 500

func (e *Editor) validate(r *http.Request) (*reply, error) {
	var (
		definition json.RawMessage
		ids        []string
	)
	err := readBody(
		r,
		field{name: "definition", what: "a workflow", into: &definition, required: true},
		field{name: "scope_of", what: "a list of ids of actions", into: &ids},
	)
	if err != nil {
		return nil, err
	}
	if len(ids) > maxScopes {
		return nil, badRequest(`the field "scope_of" has %d ids, at most %d are allowed`, len(ids), maxScopes)
	}
	release, err := e.begin(r)
	if err != nil {
		return nil, err
	}
	defer release()
	out := judged{Problems: e.config.Engine.Validate(definition), Scopes: map[string]workflowkit.Scope{}}
	if out.Problems == nil {
		out.Problems = workflowkit.Problems{}
	}
	// The refs of a workflow that is all there can be judged by all scopes; it has as many actions as it has ids.
	if len(ids) == 0 && actions(definition) > maxScopes {
		out.Omitted = true
		return ok(out)
	}
	out.Scopes = e.config.Engine.Scopes(definition, ids...)
	return ok(out)
}

// actions counts the actions of a definition, roughly: what is no workflow has none.
func actions(definition json.RawMessage) int {
	w, err := workflowkit.ParseWorkflow(definition)
	if err != nil {
		var shape struct {
			Actions []json.RawMessage `json:"actions"`
		}
		_ = json.Unmarshal(definition, &shape)
		return len(shape.Actions)
	}
	return len(w.Actions)
}

// maxDryInputs bounds what a dry run holds in memory, and what it answers with.
const maxDryInputs = 16 << 20

// ranDry is what would have happened, with the texts that the command line writes for people.
type ranDry struct {
	*workflowkit.DryRunResult
	Error  string   `json:"error,omitempty"`
	Unused []string `json:"unused,omitempty"`
}

func (e *Editor) dryRun(r *http.Request) (*reply, error) {
	var (
		definition json.RawMessage
		in         workflowkit.DryRunInput
	)
	err := readBody(
		r,
		field{name: "definition", what: "a workflow", into: &definition, required: true},
		field{name: "event", what: `an event: {"name": text, "data": object}`, into: &in.Event},
		field{name: "outputs", what: "an object of outputs by the ids of actions", into: &in.Outputs},
	)
	if err != nil {
		return nil, err
	}
	if err := checkEvent(in.Event); err != nil {
		return nil, err
	}
	in.MaxInputs = maxDryInputs
	release, err := e.begin(r)
	if err != nil {
		return nil, err
	}
	defer release()
	ctx, cancel := context.WithTimeout(r.Context(), e.config.DryRunTimeout)
	defer cancel()
	result, err := e.config.Engine.DryRun(ctx, definition, in)
	switch {
	case err != nil && r.Context().Err() != nil:
		return nil, err
	case errors.Is(err, context.DeadlineExceeded):
		return nil, busy("the dry run took longer than %v", e.config.DryRunTimeout)
	case err != nil:
		return nil, badRequest("%v", err)
	}
	return ok(ranDry{DryRunResult: result, Error: result.Error, Unused: result.Unused})
}

// checkEvent refuses an event that no server would have sent.
func checkEvent(event workflowkit.Event) error {
	for name, raw := range map[string]json.RawMessage{"data": event.Data, "user": event.User} {
		var object map[string]json.RawMessage
		if len(raw) > 0 && (json.Unmarshal(raw, &object) != nil || object == nil && string(raw) != "null") {
			return badRequest(`the event's %q is not an object`, name)
		}
	}
	return nil
}

func itoa(n int) string { return strconv.Itoa(n) }
