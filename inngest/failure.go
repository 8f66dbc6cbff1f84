package inngest

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"

	"github.com/workflowkit/workflowkit-go/workflowkit"
)

// Events that the server sends when a run has failed or was cancelled.
const (
	failedEvent    = "inngest/function.failed"
	cancelledEvent = "inngest/function.cancelled"
)

// Failure describes a run that has failed for good.
type Failure struct {
	// FunctionID is the id of the function, without that of the app.
	FunctionID string
	// RunID is the id of the run.
	RunID string
	// Name is the class of the error, as the server reports it. It may be empty.
	Name string
	// Message is the text of the error.
	Message string
	// Event is the event that started the run; the first one of a batch.
	Event workflowkit.Event
	// Events are all events of the run's batch. Without one it is Event alone.
	Events []workflowkit.Event
}

// Cancellation describes a run that was cancelled.
type Cancellation struct {
	// FunctionID is the id of the function, without that of the app.
	FunctionID string
	// RunID is the id of the run.
	RunID string
	// Event is the event that started the run; the first one of a batch.
	Event workflowkit.Event
	// Events are all events of the run's batch. Without one it is Event alone.
	Events []workflowkit.Event
}

// failureFunction returns the function that is called when a run of f has failed.
func (c *Client) failureFunction(f Function) (Function, program) {
	return c.endFunction(f, "failure", failedEvent), endProgram("on-failure", func(ctx context.Context, end endOfRun) error {
		return f.OnFailure(ctx, Failure{
			FunctionID: f.ID, RunID: end.RunID, Name: end.Error.Name, Message: end.Error.Message, Event: end.Event, Events: end.Events,
		})
	})
}

// cancelledFunction returns the function that is called when a run of f was cancelled.
func (c *Client) cancelledFunction(f Function) (Function, program) {
	return c.endFunction(f, "cancelled", cancelledEvent), endProgram("on-cancelled", func(ctx context.Context, end endOfRun) error {
		return f.OnCancelled(ctx, Cancellation{FunctionID: f.ID, RunID: end.RunID, Event: end.Event, Events: end.Events})
	})
}

// endFunction describes a function that hears of runs of f that end in some way. It has the retries of f, because what it
// tells somebody must not be lost, but none of its limits.
func (c *Client) endFunction(f Function, suffix, event string) Function {
	return Function{
		ID:       f.ID + "-" + suffix,
		Name:     first(f.Name, f.ID) + " (" + suffix + ")",
		Triggers: []Trigger{{Event: event, If: "event.data.function_id == " + strconv.Quote(c.appID+"-"+f.ID)}},
		Retries:  f.Retries, MaxRetries: new(f.retries()), // no action can ask for more
	}
}

// endOfRun is what the server tells about the end of a run.
type endOfRun struct {
	RunID  string              `json:"run_id"`
	Event  workflowkit.Event   `json:"event"`
	Events []workflowkit.Event `json:"events"`
	Error  struct {
		Name    string `json:"name"`
		Message string `json:"message"`
	} `json:"error"`
}

// endProgram calls handle in one step.
func endProgram(step string, handle func(ctx context.Context, end endOfRun) error) program {
	return func(ctx context.Context, tools workflowkit.Tools, in workflowkit.RunInput) (json.RawMessage, error) {
		var end endOfRun
		if err := in.Event.DecodeData(&end); err != nil {
			return nil, workflowkit.NoRetryError(fmt.Errorf("read the end of the run: %w", err))
		}
		if len(end.Events) == 0 {
			end.Events = []workflowkit.Event{end.Event}
		}
		return tools.Run(ctx, step, func(ctx context.Context) (json.RawMessage, error) {
			return nil, handle(ctx, end)
		})
	}
}
