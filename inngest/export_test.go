package inngest

import (
	"context"
	"encoding/json"
	"time"

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

// SetStreamInterval sets how often streamed answers grow.
func SetStreamInterval(c *Client, d time.Duration) { c.streamInterval = d }
