package inngest

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"

	"github.com/workflowkit/workflowkit-go/workflowkit"
)

// failedEvent is the event that the server sends when a run has failed.
const failedEvent = "inngest/function.failed"

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
	// Event is the event that started the run.
	Event workflowkit.Event
}

// failureFunction returns the function that is called when a run of f has failed.
func (c *Client) failureFunction(f Function) (Function, program) {
	failure := Function{
		ID:   f.ID + "-failure",
		Name: first(f.Name, f.ID) + " (failure)",
		Triggers: []Trigger{{
			Event: failedEvent,
			If:    "event.data.function_id == " + strconv.Quote(c.appID+"-"+f.ID),
		}},
		Retries: f.Retries,
	}
	return failure, func(ctx context.Context, tools workflowkit.Tools, in workflowkit.RunInput) (json.RawMessage, error) {
		described, err := readFailure(f.ID, in.Event)
		if err != nil {
			return nil, workflowkit.NoRetryError(err)
		}
		return tools.Run(ctx, "on-failure", func(ctx context.Context) (json.RawMessage, error) {
			return nil, f.OnFailure(ctx, described)
		})
	}
}

func readFailure(functionID string, event workflowkit.Event) (Failure, error) {
	var data struct {
		RunID string            `json:"run_id"`
		Event workflowkit.Event `json:"event"`
		Error struct {
			Name    string `json:"name"`
			Message string `json:"message"`
		} `json:"error"`
	}
	if err := event.DecodeData(&data); err != nil {
		return Failure{}, fmt.Errorf("read the failure: %w", err)
	}
	return Failure{
		FunctionID: functionID, RunID: data.RunID, Name: data.Error.Name, Message: data.Error.Message, Event: data.Event,
	}, nil
}
