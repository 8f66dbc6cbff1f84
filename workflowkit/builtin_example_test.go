package workflowkit_test

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/workflowkit/workflowkit-go/workflowkit"
	"github.com/workflowkit/workflowkit-go/workflowkit/workflowkittest"
)

// runExample runs a workflow of built-in actions and prints what became of them.
func runExample(definition string, options ...workflowkittest.Option) {
	engine, err := workflowkit.New(quiet())
	if err != nil {
		fmt.Println(err)
		return
	}
	event := workflowkit.Event{Name: "order.placed", Data: json.RawMessage(`{"id":"7","plan":"pro"}`)}
	result, err := workflowkittest.Run(context.Background(), engine, event, append(options, workflowkittest.WithWorkflow(definition))...)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, action := range result.Run.Actions {
		fmt.Println(strings.TrimSpace(fmt.Sprint(action.ID, " ", action.Status, " ", string(action.Output))))
	}
	fmt.Println("took", result.Elapsed)
}

// Waiting takes nothing but time.
func Example_delay() {
	runExample(`{"actions": [{"id": "1", "kind": "builtin:delay", "inputs": {"duration": "1d 12h"}}],
		"edges": [{"from": "$source", "to": "1"}]}`)
	// Output:
	// 1 completed {}
	// took 36h0m0s
}

// The edges "Received" and "Timed out" tell what happened.
func Example_waitForEvent() {
	payment := workflowkit.Event{ID: "e1", Name: "order.paid", Data: json.RawMessage(`{"id":"7"}`)}
	runExample(`{"actions": [
		{"id": "wait", "kind": "builtin:wait_for_event", "inputs": {"event": "order.paid", "match": "data.id", "timeout": "2d"}},
		{"id": "late", "kind": "builtin:send_event", "inputs": {"name": "order.reminded"}}],
		"edges": [{"from": "$source", "to": "wait"},
			{"from": "wait", "to": "late", "name": "Timed out", "conditional": {"type": "else", "ref": "!ref($.output.received)"}}]}`,
		workflowkittest.WithEventAfter(3*time.Hour, payment))
	// Output:
	// wait completed {"received":true,"event":{"id":"e1","name":"order.paid","data":{"id":"7"}}}
	// late skipped
	// took 3h0m0s
}

func Example_sendEvent() {
	runExample(`{"actions": [{"id": "1", "kind": "builtin:send_event",
		"inputs": {"name": "mail.wanted", "id": "mail-!ref($.event.data.id)", "data": {"order": "!ref($.event.data.id)"}}}],
		"edges": [{"from": "$source", "to": "1"}]}`)
	// Output:
	// 1 completed {"id":"mail-7"}
	// took 0s
}

func Example_invoke() {
	runExample(`{"actions": [{"id": "1", "kind": "builtin:invoke",
		"inputs": {"function": "shop-invoice", "data": {"order": "!ref($.event.data.id)"}}}],
		"edges": [{"from": "$source", "to": "1"}]}`,
		workflowkittest.WithFunction("shop-invoice", func(json.RawMessage) (any, error) { return map[string]int{"number": 12}, nil }))
	// Output:
	// 1 completed {"result":{"number":12}}
	// took 0s
}

// Edges match the name of the case; "default" is the name for every other value.
func Example_switch() {
	runExample(`{"actions": [
		{"id": "plan", "kind": "builtin:switch", "inputs": {"value": "!ref($.event.data.plan)", "cases": [{"name": "paying", "value": "pro"}]}},
		{"id": "thank", "kind": "builtin:delay", "inputs": {"duration": "1m"}},
		{"id": "offer", "kind": "builtin:delay", "inputs": {"duration": "1h"}}],
		"edges": [{"from": "$source", "to": "plan"},
			{"from": "plan", "to": "thank", "conditional": {"type": "match", "ref": "!ref($.output.case)", "value": "paying"}},
			{"from": "plan", "to": "offer", "conditional": {"type": "match", "ref": "!ref($.output.case)", "value": "default"}}]}`)
	// Output:
	// plan completed {"case":"paying"}
	// thank completed {}
	// offer skipped
	// took 1m0s
}

// An action can say how long an attempt may take, and how often it is tried again. After that its error edge is taken.
func Example_failureHandling() {
	runExample(`{"actions": [
		{"id": "wait", "kind": "builtin:delay", "inputs": {"duration": "3d"}, "timeout": "1d 12h", "retries": 2},
		{"id": "tell", "kind": "builtin:send_event", "inputs": {"name": "order.late", "data": {"why": "!ref($.state.wait.error)"}}}],
		"edges": [{"from": "$source", "to": "wait"}, {"from": "wait", "to": "tell", "conditional": {"type": "error"}}]}`,
		workflowkittest.WithRunID("run-1"))
	// Output:
	// wait failed
	// tell completed {"id":"run-1/tell/send/0/0"}
	// took 36h0m0s
}

// What is run for each item sees it as $.item. Results are in the order of the list, however many items are worked on at
// once.
func Example_forEach() {
	runExample(`{"actions": [
		{"id": "1", "kind": "builtin:for_each", "inputs": {"items": ["1h", "3h", "2h"], "concurrency": 3,
			"action": {"kind": "builtin:wait_for_event", "inputs": {"event": "parcel.!ref($.index)", "timeout": "!ref($.item)"}}}},
		{"id": "2", "kind": "builtin:send_event", "inputs": {"name": "all.done", "id": "of-!ref($.state.1.results[0].received)"}}],
		"edges": [{"from": "$source", "to": "1"}, {"from": "1", "to": "2"}]}`,
		workflowkittest.WithEventAfter(time.Hour, workflowkit.Event{Name: "parcel.2"}))
	// Output:
	// 1 completed {"results":[{"received":false,"event":null},{"received":false,"event":null},{"received":true,"event":{"name":"parcel.2"}}],"errors":[]}
	// 2 completed {"id":"of-false"}
	// took 3h0m0s
}
