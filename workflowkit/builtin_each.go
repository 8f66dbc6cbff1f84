package workflowkit

import "encoding/json"

// KindForEach is the kind of the built-in action that runs one action, or another stored workflow, for each item of a
// list. Its output is {"results": [what each has returned, in order], "errors": [{"index", "error"}]}.
const KindForEach = "builtin:for_each"

// Limits of a for_each. A run has room for 1,000 steps on Inngest, so lists of thousands belong into runs of their own.
const (
	defaultEachItems   = 100
	maxEachItems       = 1000
	maxEachConcurrency = 100
)

// What a for_each does about items that fail.
const (
	eachErrorsStop    = "stop"
	eachErrorsCollect = "collect"
)

// eachInput is what a for_each is configured with, its refs resolved. The action and the data are templates: they are
// resolved for each item.
type eachInput struct {
	Items       []json.RawMessage `json:"items"`
	Workflow    string            `json:"workflow"`
	Concurrency int               `json:"concurrency"`
	Limit       int               `json:"limit"`
	Errors      string            `json:"errors"`
}

// eachOutput is the output of a for_each.
type eachOutput struct {
	Results []json.RawMessage `json:"results"`
	Errors  []eachError       `json:"errors"`
}

type eachError struct {
	Index int    `json:"index"`
	Error string `json:"error"`
}

// Inputs of a for_each that are looked at when a workflow is compiled.
const (
	eachAction   = "action"
	eachWorkflow = "workflow"
	eachData     = "data"
)

// builtinForEach describes the built-in loop. The engine executes it itself.
func builtinForEach() *registered {
	input := func(name, schema string) Input { return Input{Name: name, Type: json.RawMessage(schema)} }
	spec := Spec{
		Kind: KindForEach, Name: "For each", Description: "Run an action, or another workflow, for each item of a list",
		Inputs: Inputs{
			{Name: "items", Required: true, Type: json.RawMessage(
				`{"type":"array","title":"Items","description":"The list, usually a ref.","examples":["!ref($.event.data.items)"]}`)},
			input(eachAction, `{"type":"object","title":"Action","description":"What to run for each item: kind and inputs, and retries and timeout `+
				`if they are others than those of this action. Refs in the inputs see $.item and $.index.",`+
				`"examples":[{"kind":"builtin:send_event","inputs":{"name":"item.found","data":{"id":"!ref($.item.id)"}}}],"properties":{}}`),
			input(eachWorkflow, `{"type":"string","title":"Workflow","description":"The id of a stored workflow to run instead of an action.","minLength":1}`),
			input(eachData, `{"type":"object","title":"Data","description":"The data of the event that the workflow sees. `+
				`Without it, {item, index}. Refs see $.item and $.index.","properties":{}}`),
			input("concurrency", `{"type":"integer","title":"Concurrency","description":"How many items are worked on at once.","minimum":1,"maximum":100,"default":1}`),
			input("limit", `{"type":"integer","title":"Limit","description":"More items than these are an error.","minimum":1,"maximum":1000,"default":100}`),
			input("errors", `{"type":"string","title":"Errors","description":"Whether an item that fails stops the action, which then fails, or is collected.",`+
				`"enum":["stop","collect"],"default":"stop"}`),
		},
		Outputs: json.RawMessage(`{"type":"object","properties":{` +
			`"results":{"type":"array","title":"Results"},` +
			`"errors":{"type":"array","title":"Errors","items":{"type":"object","properties":{"index":{"type":"integer"},"error":{"type":"string"}},"required":["index","error"]}}},` +
			`"required":["results","errors"]}`),
		Edges: &EdgeSpec{Edges: []PredefinedEdge{{Name: "Done"}, failedEdge()}},
	}
	inputs, err := compileInputs(spec.Inputs, false)
	if err != nil {
		panic(err) // unreachable: the text above is constant
	}
	return &registered{spec: spec, inputs: inputs, outputs: outputShapeOf(spec.Outputs), each: true}
}

// failedEdge is the predefined edge of actions that can fail for reasons that are not the workflow's.
func failedEdge() PredefinedEdge {
	return PredefinedEdge{Name: "Failed", Conditional: &Conditional{Type: ConditionError}}
}
