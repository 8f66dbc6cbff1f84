package workflowkit

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"time"

	"github.com/workflowkit/workflowkit-go/workflowkit/internal/refs"
)

// The kinds of the built-in actions that are made of durable steps.
const (
	// KindDelay is the kind of the built-in action that waits for a while, or until a time.
	KindDelay = "builtin:delay"
	// KindWaitForEvent is the kind of the built-in action that waits for an event. Its output is
	// {"received": bool, "event": the event or null}.
	KindWaitForEvent = "builtin:wait_for_event"
	// KindSendEvent is the kind of the built-in action that sends an event. Its output is {"id": the event's id}.
	KindSendEvent = "builtin:send_event"
	// KindInvoke is the kind of the built-in action that calls another Inngest function. Its output is
	// {"result": what the function returned}.
	KindInvoke = "builtin:invoke"
)

type delayInput struct {
	Duration string `json:"duration,omitempty" jsonschema:"title=Duration,pattern=^( *[0-9]+[wdhms])+ *$" jsonschema_description:"How long to wait: numbers with a unit, such as 90m or 1d 12h."`
	Until    string `json:"until,omitempty" jsonschema:"title=Until,format=date-time" jsonschema_description:"Wait until this time instead, such as 2026-12-24T18:00:00Z. A time in the past does not wait."`
}

// checkDelay finds fault with a delay that says neither how long it is nor when it ends, or both.
func checkDelay(c *compiler, action place, inputs map[string]any) {
	_, hasDuration := inputs["duration"]
	_, hasUntil := inputs["until"]
	switch {
	case !hasDuration && !hasUntil:
		c.error(CodeInputMissing, action, "set one of them, for instance duration to 1d 12h", "action %q (kind %q) needs the input %q or %q",
			action.id, KindDelay, "duration", "until")
	case hasDuration && hasUntil:
		c.error(CodeInputUnknown, action.in("inputs").in("until"), "remove one of them", "action %q (kind %q) has both the inputs %q and %q",
			action.id, KindDelay, "duration", "until")
	}
	checkDuration(c, action, KindDelay, inputs, "duration")
}

// checkDuration finds fault with a duration that is written as one, and is too short or too long.
func checkDuration(c *compiler, action place, kind string, inputs map[string]any, name string) {
	text, ok := inputs[name].(string)
	if !ok || refs.Has(text) {
		return
	}
	described := c.kinds.get(kind).inputs
	if len(described.list[described.byName[name]].schema.check(text)) > 0 {
		return // that is reported
	}
	if _, err := ParseDuration(text); err != nil {
		c.error(CodeInputType, action.in("inputs").in(name), `a second to 366 days, for instance "90m" or "1d 12h"`,
			"input %q of action %q: %v", name, action.id, err)
	}
}

// builtinDelay waits.
func builtinDelay() Action {
	return define(Spec{
		Kind: KindDelay, Name: "Delay", Description: "Wait for a while, or until a time",
		Cost:  &Cost{Waits: Exactly(1), Bytes: Exactly(len(jsonNull))},
		Edges: &EdgeSpec{Edges: []PredefinedEdge{{Name: "Done"}}},
	},
		func(ctx context.Context, run *Run, in delayInput) (struct{}, error) {
			none := struct{}{}
			switch {
			case in.Duration != "" && in.Until != "":
				return none, NoRetryError(errors.New("both duration and until are set; set one of them"))
			case in.Until != "":
				// JSON Schema allows for small letters in times.
				until, err := time.Parse(time.RFC3339, strings.ToUpper(in.Until))
				if err != nil {
					return none, NoRetryError(fmt.Errorf("until: %s is not a time such as 2026-12-24T18:00:00Z", brief(in.Until)))
				}
				return none, SleepUntil(ctx, "delay", until)
			}
			d, err := ParseDuration(in.Duration)
			if err != nil {
				return none, NoRetryError(fmt.Errorf("duration: %w", err))
			}
			return none, Sleep(ctx, "delay", d)
		})
}

type waitInput struct {
	Event   string `json:"event" jsonschema:"title=Event,minLength=1" jsonschema_description:"The name of the event to wait for."`
	Match   string `json:"match,omitempty" jsonschema:"title=Match" jsonschema_description:"A path that must have the same value in both events, such as data.id."`
	If      string `json:"if,omitempty" jsonschema:"title=Condition" jsonschema_description:"A CEL expression over event (which started the run) and async (which came in). Prefer a match where it is enough: a ref that is put into an expression becomes part of it."`
	Timeout string `json:"timeout,omitempty" jsonschema:"title=Time to wait,default=1d,pattern=^( *[0-9]+[wdhms])+ *$" jsonschema_description:"Numbers with a unit, such as 90m or 1d 12h."`
}

type waitOutput struct {
	Received bool   `json:"received" jsonschema:"title=Received"`
	Event    *Event `json:"event" jsonschema:"title=Event"`
}

// matchPath is a path that may stand in an expression: names, separated by dots.
var matchPath = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*(\.[A-Za-z_][A-Za-z0-9_]*)*$`)

// builtinWaitForEvent waits for an event.
func builtinWaitForEvent() Action {
	received := func(kind string) *Conditional { return &Conditional{Type: kind, Ref: "!ref($.output.received)"} }
	return define(Spec{
		Kind: KindWaitForEvent, Name: "Wait for an event", Description: "Wait until an event comes in, or for some time",
		Cost: &Cost{Waits: Exactly(1), Bytes: AtLeast(len(jsonNull))},
		// A received event has whatever members its sender gave it.
		Outputs: json.RawMessage(`{"type":"object","properties":{"received":{"type":"boolean","title":"Received"},"event":{"title":"Event"}},"required":["received","event"]}`),
		Edges: &EdgeSpec{Edges: []PredefinedEdge{
			{Name: "Received", Conditional: received(ConditionIf)},
			{Name: "Timed out", Conditional: received(ConditionElse)},
		}},
	}, func(ctx context.Context, run *Run, in waitInput) (waitOutput, error) {
		timeout, err := ParseDuration(in.Timeout)
		if err != nil {
			return waitOutput{}, NoRetryError(fmt.Errorf("timeout: %w", err))
		}
		opts := WaitForEventOpts{Event: in.Event, If: in.If, Timeout: timeout}
		if in.Match != "" {
			if !matchPath.MatchString(in.Match) {
				return waitOutput{}, NoRetryError(fmt.Errorf("match: %q is not a path such as data.id", in.Match))
			}
			match := fmt.Sprintf("event.%s == async.%s", in.Match, in.Match)
			if opts.If == "" {
				opts.If = match
			} else {
				opts.If = fmt.Sprintf("%s && (%s)", match, opts.If)
			}
		}
		event, err := WaitForEvent(ctx, "wait", opts)
		if errors.Is(err, ErrEventNotReceived) {
			return waitOutput{}, nil
		}
		if err != nil {
			return waitOutput{}, err
		}
		return waitOutput{Received: true, Event: &event}, nil
	})
}

type sendInput struct {
	Name string          `json:"name" jsonschema:"title=Event,minLength=1" jsonschema_description:"The name of the event."`
	Data json.RawMessage `json:"data,omitempty" jsonschema:"title=Data,type=object" jsonschema_description:"The event's payload."`
	ID   string          `json:"id,omitempty" jsonschema:"title=Id" jsonschema_description:"Inngest ignores a second event with the same id within 24 hours. Empty means an id of the run's own."`
}

type sendOutput struct {
	ID string `json:"id" jsonschema:"title=Id"`
}

// builtinSendEvent sends an event.
func builtinSendEvent() Action {
	return define(Spec{
		Kind: KindSendEvent, Name: "Send an event", Description: "Send an event to Inngest",
		NeverWaits: true, Cost: &Cost{Steps: Exactly(1), Bytes: AtLeast(len("[]"))},
		Edges: &EdgeSpec{Edges: []PredefinedEdge{{Name: "Sent"}, failedEdge()}},
	},
		func(ctx context.Context, run *Run, in sendInput) (sendOutput, error) {
			ids, err := SendEvents(ctx, "send", Event{Name: in.Name, Data: in.Data, ID: in.ID})
			if err != nil || len(ids) == 0 {
				return sendOutput{}, err
			}
			return sendOutput{ID: ids[0]}, nil
		})
}

type invokeInput struct {
	Function string          `json:"function" jsonschema:"title=Function,minLength=1" jsonschema_description:"The id of the function with that of its app: app-function."`
	Data     json.RawMessage `json:"data,omitempty" jsonschema:"title=Data,type=object" jsonschema_description:"What the function gets."`
	Timeout  string          `json:"timeout,omitempty" jsonschema:"title=Time to wait,default=1d,pattern=^( *[0-9]+[wdhms])+ *$" jsonschema_description:"Numbers with a unit, such as 90m or 1d 12h."`
}

type invokeOutput struct {
	Result json.RawMessage `json:"result" jsonschema:"title=Result"`
}

// builtinInvoke calls another function.
func builtinInvoke() Action {
	return define(Spec{
		Kind: KindInvoke, Name: "Call a function", Description: "Call another Inngest function and wait for its result",
		Cost:  &Cost{Waits: Exactly(1), Bytes: AtLeast(len(jsonNull))},
		Edges: &EdgeSpec{Edges: []PredefinedEdge{{Name: "Done"}, failedEdge()}},
	},
		func(ctx context.Context, run *Run, in invokeInput) (invokeOutput, error) {
			timeout, err := ParseDuration(in.Timeout)
			if err != nil {
				return invokeOutput{}, NoRetryError(fmt.Errorf("timeout: %w", err))
			}
			opts := InvokeOpts{Function: in.Function, Timeout: timeout}
			if in.Data != nil {
				opts.Data = in.Data
			}
			result, err := Invoke[json.RawMessage](ctx, "invoke", opts)
			return invokeOutput{Result: result}, err
		})
}
