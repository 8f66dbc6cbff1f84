package inngest

import (
	"context"
	"encoding/json"

	"github.com/workflowkit/workflowkit-go/workflowkit"
)

// RegisterProgram registers a function that uses the tools as a workflow does, without an engine.
func RegisterProgram(c *Client, f Function, run func(ctx context.Context, tools workflowkit.Tools, in workflowkit.RunInput) (json.RawMessage, error)) error {
	return c.register(f, run)
}

// Storable and Restore are how results travel.
var (
	Storable = storable
	Restore  = restore
)
