package workflowkit_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/workflowkit/workflowkit-go/workflowkit"
	"github.com/workflowkit/workflowkit-go/workflowkit/workflowkittest"
)

type orderPlaced struct {
	ID    string `json:"id" jsonschema:"minLength=1"`
	Items int    `json:"items" jsonschema:"minimum=1"`
	Note  string `json:"note,omitempty"`
}

func TestEventTypesThatAreUnusable(t *testing.T) {
	t.Parallel()
	for name, err := range map[string]error{
		"no name":             workflowkit.DefineEvent[orderPlaced]("").Err(),
		"a name of spaces":    workflowkit.DefineEvent[orderPlaced](" ").Err(),
		"the server's name":   workflowkit.DefineEvent[orderPlaced]("Inngest/x").Err(),
		"a list":              workflowkit.DefineEvent[[]int]("e").Err(),
		"a text":              workflowkit.DefineEvent[string]("e").Err(),
		"what has no JSON":    workflowkit.DefineEvent[map[string]func()]("e").Err(),
		"a field without one": workflowkit.DefineEvent[struct{ C chan int }]("e").Err(),
	} {
		if !errors.Is(err, workflowkit.ErrInvalidEvent) {
			t.Errorf("%s: error is %v", name, err)
		}
	}
	unusable := workflowkit.DefineEvent[[]int]("e")
	if _, err := unusable.New([]int{1}); !errors.Is(err, unusable.Err()) {
		t.Errorf("New: error is %v", err)
	}
	if _, err := unusable.Data(workflowkit.Event{Name: "e"}); !errors.Is(err, unusable.Err()) {
		t.Errorf("Data: error is %v", err)
	}
}

func TestEventTypesHoldDataToTheirSchema(t *testing.T) {
	t.Parallel()
	placed := workflowkit.DefineEvent[orderPlaced]("order/placed")
	for name, tc := range map[string]struct{ data, path string }{
		"a number for a text":      {`{"id":1,"items":1}`, "/id"},
		"less than the least":      {`{"id":"a","items":0}`, "/items"},
		"a missing member":         {`{"id":"a"}`, "/items"},
		"no data":                  {``, "/id"},
		"a list":                   {`[]`, ""},
		"null":                     {`null`, ""},
		"a member of another type": {`{"id":"a","items":1,"note":[]}`, "/note"},
	} {
		_, err := placed.Data(workflowkit.Event{Name: "order/placed", Data: json.RawMessage(tc.data)})
		var invalid *workflowkit.EventError
		if !errors.As(err, &invalid) || !errors.Is(err, workflowkit.ErrInvalidEvent) || invalid.Problems[0].Path != tc.path {
			t.Errorf("%s: error is %v", name, err)
		}
	}
	if _, err := placed.Data(workflowkit.Event{Name: "order/placed", Data: json.RawMessage(`{`)}); !errors.Is(err, workflowkit.ErrInvalidEvent) {
		t.Errorf("broken data: error is %v", err)
	}
	if _, err := placed.Data(workflowkit.Event{Name: "other", Data: json.RawMessage(`{"id":"a","items":1}`)}); !errors.Is(err, workflowkit.ErrInvalidEvent) {
		t.Errorf("another event: error is %v", err)
	}
	got, err := placed.Data(workflowkit.Event{Name: "order/placed", Data: json.RawMessage(`{"id":"a","items":2,"more":true}`)})
	if diff := cmp.Diff(orderPlaced{ID: "a", Items: 2}, got); err != nil || diff != "" {
		t.Errorf("error %v, data (-want +got):\n%s", err, diff)
	}
	if _, err := placed.New(orderPlaced{ID: "a"}); err == nil {
		t.Error("data that does not fit becomes an event")
	}
}

// An action sends one typed event and waits for another.
func confirming(placed, confirmed *workflowkit.EventType[orderPlaced], data orderPlaced) workflowkit.Action {
	return workflowkit.DefineUntyped(workflowkit.Spec{Kind: "confirm"}, func(ctx context.Context, _ *workflowkit.Run, _ map[string]any) (any, error) {
		if _, err := placed.Send(ctx, "place", data, data); err != nil {
			return nil, err
		}
		answer, err := confirmed.Wait(ctx, "confirmation", workflowkit.WaitForEventOpts{Timeout: time.Hour})
		return answer.Note, err
	})
}

func TestTypedEventsInSteps(t *testing.T) {
	t.Parallel()
	placed, confirmed := workflowkit.DefineEvent[orderPlaced]("order/placed"), workflowkit.DefineEvent[orderPlaced]("order/confirmed")
	answer := func(data string) workflowkittest.Option {
		return workflowkittest.WithEventAfter(time.Minute, workflowkit.Event{Name: "order/confirmed", Data: json.RawMessage(data)})
	}
	for name, tc := range map[string]struct {
		data   orderPlaced
		answer string
		output string
		err    error
		sent   int
	}{
		"what fits goes both ways":         {orderPlaced{ID: "1", Items: 1}, `{"id":"1","items":1,"note":"thanks"}`, `"thanks"`, nil, 2},
		"what does not fit is not sent":    {orderPlaced{ID: "1"}, ``, ``, workflowkit.ErrInvalidEvent, 0},
		"an answer that does not fit ends": {orderPlaced{ID: "1", Items: 1}, `{"id":7}`, ``, workflowkit.ErrInvalidEvent, 2},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var options []workflowkittest.Option
			if tc.answer != "" {
				options = append(options, answer(tc.answer))
			}
			result, err := workflowkittest.RunAction(t.Context(), confirming(placed, confirmed, tc.data), nil, options...)
			if !errors.Is(err, tc.err) || string(result.Output) != tc.output || len(result.Sent) != tc.sent {
				t.Errorf("output %s, %d events sent, error %v", result.Output, len(result.Sent), err)
			}
			if sent, ok := result.Step(workflowkittest.ActionID + "/place"); tc.sent > 0 && (!ok || sent.Op != "send") {
				t.Errorf("the events were not sent by one step: %v", result.Steps)
			}
		})
	}
}

// An event type is defined once, to make events and to read them.
func ExampleEventType() {
	placed := workflowkit.DefineEvent[orderPlaced]("order/placed")

	event, err := placed.New(orderPlaced{ID: "42", Items: 3})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(event.Name, string(event.Data))

	data, err := placed.Data(event)
	fmt.Println(data.Items, err)

	_, err = placed.New(orderPlaced{ID: "43"})
	fmt.Println(err)
	// Output:
	// order/placed {"id":"42","items":3}
	// 3 <nil>
	// invalid event: data of event "order/placed": /items: minimum: got 0, want 1 [event_data]
}
