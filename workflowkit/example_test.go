package workflowkit_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log"
	"strings"
	"time"

	"github.com/workflowkit/workflowkit-go/workflowkit"
	"github.com/workflowkit/workflowkit-go/workflowkit/workflowkittest"
)

type ReviewInput struct {
	Tone string `json:"tone" jsonschema:"title=Tone,enum=formal,enum=casual,default=formal"`
	Text string `json:"text" jsonschema:"title=Text" fieldType:"textarea"`
}

type ReviewOutput struct {
	Text  string `json:"text"`
	Words int    `json:"words"`
}

// review is the action of the examples.
func review() workflowkit.Action {
	return workflowkit.Define(workflowkit.Spec{Kind: "review", Name: "Review the text"},
		func(ctx context.Context, _ *workflowkit.Run, in ReviewInput) (ReviewOutput, error) {
			text, err := workflowkit.Step(ctx, "rewrite", func(context.Context) (string, error) {
				return in.Text + ", " + in.Tone + ".", nil // a service would be called here
			})
			return ReviewOutput{Text: text, Words: len(strings.Fields(text))}, err
		})
}

func Example() {
	engine, err := workflowkit.New(workflowkit.WithActions(review()))
	if err != nil {
		log.Fatal(err)
	}
	definition := `{
		"actions": [
			{"id": "1", "kind": "review", "inputs": {"text": "Hello !ref($.event.data.name)"}},
			{"id": "2", "kind": "review", "inputs": {"text": "Again: !ref($.state.1.text)", "tone": "casual"}}],
		"edges": [
			{"from": "$source", "to": "1"},
			{"from": "1", "to": "2", "conditional": {"type": "if", "ref": "!ref($.output.words)"}}]}`
	event := workflowkit.Event{Name: "post.updated", Data: json.RawMessage(`{"name": "Ada"}`)}

	// Package inngest runs the engine on a server; here it runs in memory.
	result, err := workflowkittest.Run(context.Background(), engine, event, workflowkittest.WithWorkflow(definition))
	if err != nil {
		log.Fatal(err)
	}
	for _, action := range result.Run.Actions {
		fmt.Printf("%s %s: %s\n", action.ID, action.Status, action.Output)
	}
	for _, edge := range result.Run.Edges {
		fmt.Printf("%s -> %s taken: %v (%s)\n", edge.From, edge.To, edge.Taken, edge.Reason)
	}
	// Output:
	// 1 completed: {"text":"Hello Ada, formal.","words":3}
	// 2 completed: {"text":"Again: Hello Ada, formal., casual.","words":5}
	// $source -> 1 taken: true (no condition)
	// 1 -> 2 taken: true (if: 3 is true)
}

func ExampleDefine() {
	action := workflowkit.Define(workflowkit.Spec{Kind: "review", Name: "Review the text"},
		func(_ context.Context, run *workflowkit.Run, in ReviewInput) (ReviewOutput, error) {
			return ReviewOutput{Text: in.Text + " (" + in.Tone + ", by action " + run.Action.ID + ")"}, nil
		})

	result, err := workflowkittest.RunAction(context.Background(), action, ReviewInput{Tone: "casual", Text: "Hi"})
	fmt.Println(string(result.Output), err)

	// The types are published in the catalogue, and enforced.
	inputs, err := json.Marshal(action.Spec().Inputs)
	fmt.Println(string(inputs), err)
	_, err = workflowkittest.RunAction(context.Background(), action, map[string]any{"tone": "rude"})
	fmt.Println(err)
	// Output:
	// {"text":"Hi (casual, by action 1)","words":0} <nil>
	// {"tone":{"type":{"type":"string","enum":["formal","casual"],"title":"Tone","default":"formal"}},"text":{"type":{"type":"string","title":"Text"},"fieldType":"textarea","required":true}} <nil>
	// invalid workflow: /actions/0/inputs/tone: input "tone" of action "1": value must be one of 'formal', 'casual' [input_type]; /actions/0/inputs/text: action "1" (kind "review") needs the input "text" (set it to a value of type string) [input_missing]
}

func ExampleDefineUntyped() {
	action := workflowkit.DefineUntyped(workflowkit.Spec{
		Kind:   "shout",
		Inputs: workflowkit.Inputs{{Name: "text", Type: json.RawMessage(`{"type": "string", "maxLength": 10}`), Required: true}},
	}, func(_ context.Context, _ *workflowkit.Run, inputs map[string]any) (any, error) {
		return map[string]any{"text": strings.ToUpper(fmt.Sprint(inputs["text"]))}, nil
	})
	result, err := workflowkittest.RunAction(context.Background(), action, map[string]any{"text": "hello"})
	fmt.Println(string(result.Output), err)
	// Output: {"text":"HELLO"} <nil>
}

func ExampleNew() {
	loader := workflowkit.LoaderFunc(func(_ context.Context, event workflowkit.Event) (*workflowkit.Definition, error) {
		if event.Name != "post.updated" {
			return nil, nil // nothing to do for other events
		}
		return &workflowkit.Definition{ID: "42", Version: "3", JSON: json.RawMessage(
			`{"actions": [{"id": "1", "kind": "review", "inputs": {"text": "Hello"}}], "edges": [{"from": "$source", "to": "1"}]}`)}, nil
	})
	engine, err := workflowkit.New(
		workflowkit.WithActions(review()),
		workflowkit.WithLoader(loader),
		workflowkit.WithLimits(workflowkit.Limits{Actions: 100}),
		workflowkit.WithoutBuiltins(),
	)
	if err != nil {
		log.Fatal(err)
	}
	for _, name := range []string{"post.updated", "post.deleted"} {
		result, err := workflowkittest.Run(context.Background(), engine, workflowkit.Event{Name: name})
		fmt.Println(result.Run.Status, result.Run.Reason, err)
	}

	// All faults of the options are reported at once.
	_, err = workflowkit.New(workflowkit.WithActions(review(), review(), workflowkit.Action{}))
	fmt.Println(err)
	// Output:
	// completed  <nil>
	// skipped no enabled workflow for event "post.deleted" <nil>
	// new engine: action kind "review" is registered twice
	// action is the zero value; make actions with Define or DefineUntyped
}

func ExampleEngine_Validate() {
	engine, err := workflowkit.New(workflowkit.WithActions(review()))
	if err != nil {
		log.Fatal(err)
	}
	problems := engine.Validate(json.RawMessage(`{
		"actions": [
			{"id": "1", "kind": "reveiw", "inputs": {"text": "Hello"}},
			{"id": "2", "kind": "review", "inputs": {"tone": "rude", "text": "!ref($.state.3.text)"}},
			{"id": "3", "kind": "review", "inputs": {"text": "!ref($.state.2.words)"}}],
		"edges": [
			{"from": "$source", "to": "1"},
			{"from": "1", "to": "2"},
			{"from": "2", "to": "3", "conditional": {"type": "if", "ref": "!ref($.output.wrods)"}}]}`))
	for _, p := range problems {
		fmt.Println(p)
	}
	fmt.Println("can run:", problems.Err() == nil)
	// Output:
	// /actions/0/kind: action "1" is of the unknown kind "reveiw" (did you mean "review"?) [kind_unknown]
	// /actions/1/inputs/tone: input "tone" of action "2": value must be one of 'formal', 'casual' [input_type]
	// /actions/1/inputs/text: ref $.state.3.text: action "3" cannot have run before (draw a path from it, or refer to an earlier action) [ref_order]
	// /actions/2/inputs/text: ref $.state.2.words is of type integer, input "text" of action "3" needs type string (refer to a value of the right type, or put text around the ref) [ref_type]
	// /edges/2/conditional/ref: ref $.output.wrods: the output of action "2" (kind "review") has no property "wrods" (did you mean "words"?) [ref_property]
	// can run: false
}

func ExampleStep() {
	attempts := 0
	action := workflowkit.DefineUntyped(workflowkit.Spec{Kind: "fetch"},
		func(ctx context.Context, _ *workflowkit.Run, _ map[string]any) (any, error) {
			page, err := workflowkit.Step(ctx, "download", func(context.Context) (string, error) {
				if attempts++; attempts < 3 {
					return "", errors.New("connection refused") // tried again
				}
				return "a page", nil
			})
			if err != nil {
				return nil, err
			}
			// A day passes, and nothing is occupied. The step above is not executed again.
			if err := workflowkit.Sleep(ctx, "cool-down", 24*time.Hour); err != nil {
				return nil, err
			}
			return page, nil
		})
	result, err := workflowkittest.RunAction(context.Background(), action, nil)
	if err != nil {
		log.Fatal(err)
	}
	for _, step := range result.Steps {
		if strings.HasPrefix(step.ID, workflowkittest.ActionID+"/") {
			fmt.Println(step.ID, step.Op, step.Attempts)
		}
	}
	fmt.Println(string(result.Output), result.Elapsed.Round(time.Hour))
	// Output:
	// 1/download run 3
	// 1/cool-down sleep 0
	// "a page" 24h0m0s
}

func ExampleNoRetryError() {
	action := workflowkit.DefineUntyped(workflowkit.Spec{Kind: "fetch"},
		func(ctx context.Context, _ *workflowkit.Run, _ map[string]any) (any, error) {
			return nil, workflowkit.Do(ctx, "download", func(context.Context) error {
				return workflowkit.NoRetryError(errors.New("404 not found"))
			})
		})
	_, err := workflowkittest.RunAction(context.Background(), action, nil)
	fmt.Println(err)

	var failed *workflowkit.ActionError
	var step *workflowkit.StepError
	fmt.Println(errors.As(err, &failed), failed.ActionID, errors.As(err, &step), step.StepID)
	// Output:
	// action "1" (kind "fetch"): step "download": 404 not found
	// true 1 true download
}

// An answer that is sent as soon as the announcement can be seen is never missed, because the wait has been registered by
// then.
func ExampleWaitForEvent() {
	action := workflowkit.DefineUntyped(workflowkit.Spec{Kind: "approval"},
		func(ctx context.Context, run *workflowkit.Run, _ map[string]any) (any, error) {
			answer, err := workflowkit.WaitForEvent(ctx, "answer", workflowkit.WaitForEventOpts{
				Event:   "post.approved",
				If:      "async.data.id == event.data.id",
				Timeout: 24 * time.Hour,
				Announce: &workflowkit.Announcement{StepID: "ask", Run: func(context.Context) error {
					fmt.Println("needs approval")
					return nil
				}},
			})
			if errors.Is(err, workflowkit.ErrEventNotReceived) {
				return "nobody answered", nil
			}
			return answer.Data, err
		})
	post := workflowkit.Event{Name: "post.updated", Data: json.RawMessage(`{"id": "7"}`)}
	approved := workflowkit.Event{Name: "post.approved", Data: json.RawMessage(`{"id":"7","by":"Ada"}`)}
	another := workflowkit.Event{Name: "post.approved", Data: json.RawMessage(`{"id":"8","by":"Bob"}`)}

	for _, after := range []time.Duration{time.Hour, 48 * time.Hour} {
		result, err := workflowkittest.RunAction(context.Background(), action, nil, workflowkittest.WithEvent(post),
			workflowkittest.WithEventAfter(time.Minute, another), workflowkittest.WithEventAfter(after, approved))
		fmt.Println(string(result.Output), result.Elapsed, err)
	}
	// Output:
	// needs approval
	// {"id":"7","by":"Ada"} 1h0m0s <nil>
	// needs approval
	// "nobody answered" 24h0m0s <nil>
}

func ExampleInvoke() {
	action := workflowkit.DefineUntyped(workflowkit.Spec{Kind: "thumbnail"},
		func(ctx context.Context, _ *workflowkit.Run, _ map[string]any) (any, error) {
			return workflowkit.Invoke[string](ctx, "resize", workflowkit.InvokeOpts{Function: "images-resize", Data: map[string]int{"width": 80}})
		})
	result, err := workflowkittest.RunAction(context.Background(), action, nil,
		workflowkittest.WithFunction("images-resize", func(data json.RawMessage) (any, error) { return "thumbnail of " + string(data), nil }))
	fmt.Println(string(result.Output), err)
	// Output: "thumbnail of {\"width\":80}" <nil>
}

func ExampleSendEvents() {
	action := workflowkit.DefineUntyped(workflowkit.Spec{Kind: "notify"},
		func(ctx context.Context, run *workflowkit.Run, _ map[string]any) (any, error) {
			event, err := workflowkit.NewEvent("post.reviewed", map[string]string{"by": run.Action.ID})
			if err != nil {
				return nil, err
			}
			return workflowkit.SendEvents(ctx, "tell", event)
		})
	result, err := workflowkittest.RunAction(context.Background(), action, nil, workflowkittest.WithRunID("run-1"))
	fmt.Println(string(result.Output), result.Sent[0].Name, string(result.Sent[0].Data), err)
	// Output: ["run-1/1/tell/0/0"] post.reviewed {"by":"1"} <nil>
}

// Conditions on edges, JSON Logic, and refs of every kind.
func Example_conditions() {
	echo := workflowkit.DefineUntyped(workflowkit.Spec{Kind: "echo"},
		func(_ context.Context, _ *workflowkit.Run, inputs map[string]any) (any, error) { return inputs, nil })
	engine, err := workflowkit.New(workflowkit.WithActions(echo))
	if err != nil {
		log.Fatal(err)
	}
	definition := `{
		"actions": [
			{"id": "1", "kind": "echo", "inputs": {"count": "!ref($.event.data.tags.length)", "first": "!ref($.event.data.tags[0])"}},
			{"id": "2", "kind": "builtin:if", "inputs": {"condition": {">": [{"var": "event.data.likes"}, 10]}}},
			{"id": "popular", "kind": "echo", "inputs": {"text": "!ref($.event.data.likes) likes for !ref($.state.1.first): !ref($.event.data.tags)"}},
			{"id": "other", "kind": "echo"},
			{"id": "go", "kind": "echo"}],
		"edges": [
			{"from": "$source", "to": "1"},
			{"from": "1", "to": "2"},
			{"from": "2", "to": "popular", "name": "True", "conditional": {"type": "if", "ref": "!ref($.output.result)"}},
			{"from": "2", "to": "other", "name": "False", "conditional": {"type": "else", "ref": "!ref($.output.result)"}},
			{"from": "1", "to": "go", "conditional": {"type": "match", "ref": "!ref($.output.first)", "value": "go"}}]}`
	event := workflowkit.Event{Name: "post", Data: json.RawMessage(`{"likes": 12, "tags": ["go", "js"]}`)}
	result, err := workflowkittest.Run(context.Background(), engine, event, workflowkittest.WithWorkflow(definition))
	if err != nil {
		log.Fatal(err)
	}
	for _, action := range result.Run.Actions {
		fmt.Printf("%s %s %s%s\n", action.ID, action.Status, action.Inputs, action.Reason)
	}
	for _, edge := range result.Run.Edges[2:] {
		fmt.Println(edge.From, "->", edge.To, edge.Taken, edge.Reason)
	}
	// Output:
	// 1 completed {"count":null,"first":"go"}
	// 2 completed {"condition":{">":[{"var":"event.data.likes"},10]}}
	// go completed {}
	// popular completed {"text":"12 likes for go: [\"go\",\"js\"]"}
	// other skipped no edge to it was taken
	// 2 -> popular true if: true is true
	// 2 -> other false else: true is true
	// 1 -> go true match: "go" equals "go"
}

func ExampleEngine_Catalog() {
	engine, err := workflowkit.New(workflowkit.WithoutBuiltins(), workflowkit.WithActions(workflowkit.DefineUntyped(
		workflowkit.Spec{Kind: "notify", Name: "Notify", Description: "Send a message"},
		func(context.Context, *workflowkit.Run, map[string]any) (any, error) { return nil, nil })))
	if err != nil {
		log.Fatal(err)
	}
	catalog, err := json.Marshal(engine.Catalog())
	fmt.Println(string(catalog), err)
	// Output: [{"kind":"notify","name":"Notify","description":"Send a message"}] <nil>
}

func ExampleParseWorkflow() {
	workflow, err := workflowkit.ParseWorkflow([]byte(`{"editor": {"zoom": 2}, "actions": [{"id": "1", "kind": "review", "x": 10}], "edges": []}`))
	if err != nil {
		log.Fatal(err)
	}
	workflow.Actions[0].Name = "First"
	out, err := json.Marshal(workflow)
	fmt.Println(string(out), err)
	// Output: {"editor":{"zoom":2},"actions":[{"id":"1","kind":"review","x":10,"name":"First"}],"edges":[]} <nil>
}
