package inngest

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
)

// hydratedBodyLimit bounds what is fetched for one call, and the call that results. The server stops a run whose state
// exceeds 32 MiB.
const hydratedBodyLimit = 128 << 20

// hydrate fetches the events and steps that the server kept back.
func (c *Client) hydrate(ctx context.Context, e *envelope) error {
	run := "/v0/runs/" + url.PathEscape(e.Context.RunID)
	if err := c.callAPI(ctx, http.MethodGet, run+"/batch", nil, nil, &e.Events); err != nil {
		return fmt.Errorf("fetch events of the run: %w", err)
	}
	if len(e.Events) == 0 || !isObject(e.Events[0]) {
		return errors.New("fetch events of the run: there are none")
	}
	e.Event = e.Events[0]
	e.Steps = nil
	if err := c.callAPI(ctx, http.MethodGet, run+"/actions", nil, nil, &e.Steps); err != nil {
		return fmt.Errorf("fetch steps of the run: %w", err)
	}
	// The stack lists what has been executed. Going on without one of these would execute it again.
	for _, hash := range e.Context.Stack.Stack {
		if _, ok := e.Steps[hash]; !ok {
			return fmt.Errorf("fetch steps of the run: step %s is missing", hash)
		}
	}
	return nil
}
