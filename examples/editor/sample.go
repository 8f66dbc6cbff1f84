package main

import (
	"context"
	"encoding/json"

	"github.com/workflowkit/workflowkit-go/workflowkit"
	"github.com/workflowkit/workflowkit-go/workflowkit/store"
)

const sampleArticle = `{"title":"On tea","author":"ada@example.com","text":"Tea is a drink. It is made from leaves.\n\nIt is drunk hot or cold, with milk or without, in cups and in glasses, alone and in company. Nobody knows who made it first."}`

// sampleEvent is what a dry run of a workflow is offered to start with.
func sampleEvent(_ context.Context, w store.Workflow) (workflowkit.Event, error) {
	switch w.Trigger {
	case "article.written":
		return workflowkit.Event{Name: w.Trigger, Data: json.RawMessage(sampleArticle)}, nil
	case "author.joined":
		return workflowkit.NewEvent(w.Trigger, map[string]string{"name": "Ada", "email": "ada@example.com"})
	}
	return workflowkit.Event{}, nil // the editor makes one up
}
