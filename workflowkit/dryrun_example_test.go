package workflowkit_test

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/workflowkit/workflowkit-go/workflowkit"
)

const blogWorkflow = `{
	"actions": [
		{"id": "1", "kind": "review", "name": "Review", "inputs": {"post": "!ref($.event.data.id)"}},
		{"id": "2", "kind": "builtin:if", "inputs": {"condition": {">": ["!ref($.state.1.score)", 5]}}},
		{"id": "3", "kind": "publish"},
		{"id": "4", "kind": "reject"}],
	"edges": [
		{"from": "$source", "to": "1"}, {"from": "1", "to": "2"},
		{"from": "2", "to": "3", "name": "True", "conditional": {"type": "if", "ref": "!ref($.output.result)"}},
		{"from": "2", "to": "4", "name": "False", "conditional": {"type": "else", "ref": "!ref($.output.result)"}}]}`

func ExampleEngine_DryRun() {
	engine, err := workflowkit.New(workflowkit.WithOpenKinds())
	if err != nil {
		fmt.Println(err)
		return
	}
	result, err := engine.DryRun(context.Background(), json.RawMessage(blogWorkflow), workflowkit.DryRunInput{
		Event:   workflowkit.Event{Name: "blog-post.updated", Data: json.RawMessage(`{"id":7}`)},
		Outputs: map[string]json.RawMessage{"1": json.RawMessage(`{"score":8}`), "3": json.RawMessage(`{"$error":"no space left"}`)},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(result.Status)
	for _, a := range result.Actions {
		fmt.Printf("%s %s %s %q\n", a.ID, a.Status, a.Output, a.Error)
	}
	for _, e := range result.Edges {
		fmt.Println(e.From, e.To, e.Taken)
	}
	// Output:
	// failed
	// 1 completed {"score":8} ""
	// 2 completed {"result":true} ""
	// 3 failed null "no space left"
	// 4 skipped null ""
	// $source 1 true
	// 1 2 true
	// 2 3 true
	// 2 4 false
}

func ExampleParseCatalog() {
	catalog, err := workflowkit.ParseCatalog([]byte(`[{"kind": "review", "name": "Review",
		"inputs": {"tone": {"type": {"anyOf": [{"const": "formal", "type": "string"}, {"const": "casual", "type": "string"}]}}}}]`))
	if err != nil {
		fmt.Println(err)
		return
	}
	engine, err := workflowkit.New(workflowkit.WithCatalog(catalog))
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, p := range engine.Validate(json.RawMessage(
		`{"actions": [{"id": "1", "kind": "review", "inputs": {"ton": "formal"}}], "edges": [{"from": "$source", "to": "1"}]}`)) {
		fmt.Println(p.Code, p.Path, p.Hint)
	}
	// Output: input_unknown /actions/0/inputs/ton did you mean "tone"?
}

func ExampleWithOpenKinds() {
	engine, err := workflowkit.New(workflowkit.WithOpenKinds())
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, p := range engine.Validate(json.RawMessage(
		`{"actions": [{"id": "1", "kind": "anything", "inputs": {"at": "all"}}, {"id": "2", "kind": "builtin:iff"}],
		  "edges": [{"from": "$source", "to": "1"}, {"from": "1", "to": "2"}]}`)) {
		fmt.Println(p.Code, p.Path, p.Hint)
	}
	// Output: kind_unknown /actions/1/kind did you mean "builtin:if"?
}

func ExampleRenderMermaid() {
	engine, err := workflowkit.New(workflowkit.WithOpenKinds())
	if err != nil {
		fmt.Println(err)
		return
	}
	result, err := engine.DryRun(context.Background(), json.RawMessage(blogWorkflow), workflowkit.DryRunInput{})
	if err != nil {
		fmt.Println(err)
		return
	}
	workflow, err := workflowkit.ParseWorkflow([]byte(blogWorkflow))
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Print(workflowkit.RenderMermaid(workflow, result.Result()))
	// Output:
	// flowchart TD
	//     source(["trigger"]):::completed
	//     action1["Review<br/>review (1)"]:::completed
	//     action2["builtin#58;if (2)"]:::completed
	//     action3["publish (3)"]:::skipped
	//     action4["reject (4)"]:::completed
	//     source ==> action1
	//     action1 ==> action2
	//     action2 -.->|"True"| action3
	//     action2 ==>|"False"| action4
	//     classDef completed fill:#d3f9d8,stroke:#2b8a3e,color:#000
	//     classDef skipped fill:#f1f3f5,stroke:#868e96,color:#495057,stroke-dasharray:4
}

func ExampleRenderDOT() {
	workflow, err := workflowkit.ParseWorkflow([]byte(`{"actions": [{"id": "1", "kind": "greet"}], "edges": [{"from": "$source", "to": "1"}]}`))
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Print(workflowkit.RenderDOT(workflow, nil))
	// Output:
	// digraph workflow {
	//     node [shape=box, style="rounded,filled", fillcolor=white, fontname="sans-serif"]
	//     edge [fontname="sans-serif"]
	//     source [label="trigger", shape=oval]
	//     action1 [label="greet (1)"]
	//     source -> action1
	// }
}

func ExampleDiffWorkflows() {
	before, err := workflowkit.ParseWorkflow([]byte(`{"actions": [{"id": "1", "kind": "review", "inputs": {"tone": "formal"}}],
		"edges": [{"from": "$source", "to": "1"}]}`))
	if err != nil {
		fmt.Println(err)
		return
	}
	after, err := workflowkit.ParseWorkflow([]byte(`{"actions": [{"id": "1", "kind": "review", "inputs": {"tone": "casual"}}, {"id": "2", "kind": "publish"}],
		"edges": [{"from": "$source", "to": "1"}, {"from": "1", "to": "2"}]}`))
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Print(workflowkit.DiffWorkflows(before, after))
	// Output:
	// + action "2": kind "publish"
	// ~ action "1"
	//     /inputs/tone: "formal" -> "casual"
	// + edge "1->2": from "1" to "2"
}
