package inngest

import (
	"encoding/json"
	"fmt"

	"github.com/workflowkit/workflowkit-go/workflowkit"
)

// eventBatch is the body of one request, and how many events it holds.
type eventBatch struct {
	body  json.RawMessage
	count int
}

// encodeEvents checks all events before anything is sent, and returns them as requests that a server takes.
func encodeEvents(events []workflowkit.Event) ([]eventBatch, error) {
	var batches []eventBatch
	current := eventBatch{body: json.RawMessage("[")}
	end := func() {
		batches = append(batches, eventBatch{body: append(current.body, ']'), count: current.count})
		current = eventBatch{body: json.RawMessage("[")}
	}
	for i, event := range events {
		one, err := encodeEvent(event)
		if err != nil {
			return nil, fmt.Errorf("event %d (%q): %w", i, event.Name, err)
		}
		if current.count == maxEvents || current.count > 0 && len(current.body)+len(one)+len(",]") > maxEventsSize {
			end()
		}
		if current.count > 0 {
			current.body = append(current.body, ',')
		}
		current.body = append(current.body, one...)
		current.count++
	}
	end()
	return batches, nil
}
