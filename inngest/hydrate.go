package inngest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"

	"github.com/inngest/inngestgo"
)

// hydratedBodyLimit bounds what is fetched for one call, and the call that results. The server stops a run whose state
// exceeds 32 MiB.
const hydratedBodyLimit = 128 << 20

// hydrate fetches the events and steps that the server kept back.
func (c *Client) hydrate(ctx context.Context, e *envelope) error {
	run := "/v0/runs/" + url.PathEscape(e.Context.RunID)
	if err := c.getAPI(ctx, run+"/batch", &e.Events); err != nil {
		return fmt.Errorf("fetch events of the run: %w", err)
	}
	if len(e.Events) == 0 || !isObject(e.Events[0]) {
		return errors.New("fetch events of the run: there are none")
	}
	e.Event = e.Events[0]
	e.Steps = nil
	if err := c.getAPI(ctx, run+"/actions", &e.Steps); err != nil {
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

// getAPI decodes the answer to an authenticated request into v. The fallback key is used if the first key is refused.
func (c *Client) getAPI(ctx context.Context, path string, v any) error {
	keys := c.settings.signingKeys()
	if len(keys) == 0 {
		keys = []string{""}
	}
	var err error
	for _, key := range keys {
		var refused bool
		if refused, err = c.getWithKey(ctx, path, key, v); !refused {
			return err
		}
	}
	return err
}

func (c *Client) getWithKey(ctx context.Context, path, key string, v any) (refused bool, err error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, c.settings.apiURL+path, nil)
	if err != nil {
		return false, err
	}
	inngestgo.SetBasicRequestHeaders(req)
	if key != "" {
		req.Header.Set(inngestgo.HeaderKeyAuthorization, "Bearer "+hashSigningKey(key))
	}
	if c.settings.env != "" {
		req.Header.Set(inngestgo.HeaderKeyEnv, c.settings.env)
	}
	resp, err := c.http.Do(req)
	if err != nil {
		return false, err
	}
	defer func() { _ = resp.Body.Close() }()
	if resp.StatusCode != http.StatusOK {
		refused = resp.StatusCode == http.StatusUnauthorized || resp.StatusCode == http.StatusForbidden
		return refused, fmt.Errorf("%s answered %d", path, resp.StatusCode)
	}
	raw, err := io.ReadAll(io.LimitReader(resp.Body, hydratedBodyLimit+1))
	switch {
	case err != nil:
		return false, err
	case len(raw) > hydratedBodyLimit:
		return false, fmt.Errorf("%s answered more than %d bytes", path, hydratedBodyLimit)
	}
	return false, json.Unmarshal(raw, v)
}
