package jsonlogic_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/workflowkit/workflowkit-go/workflowkit/internal/jsonlogic"
)

// decodeJSON reads JSON as the engine does: numbers keep their digits.
func decodeJSON(text string) (v any) {
	d := json.NewDecoder(strings.NewReader(text))
	d.UseNumber()
	if err := d.Decode(&v); err != nil {
		return nil
	}
	return v
}

func ExampleCompile() {
	rule, err := jsonlogic.Compile(decodeJSON(`{"and": [
		{"<": [0, {"var": "state.1.words"}, 300]},
		{"in": ["go", {"var": "event.data.tags"}]}
	]}`))
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(rule.Apply(decodeJSON(`{"state": {"1": {"words": 120}}, "event": {"data": {"tags": ["go", "ai"]}}}`)))
	fmt.Println(rule.Apply(decodeJSON(`{"state": {"1": {"words": 900}}}`)))
	// Output:
	// true <nil>
	// false <nil>
}

func ExampleRule_Apply() {
	for _, text := range []string{
		`{"==": ["1", 1]}`,
		`{"+": ["3 kg", 1.5]}`,
		`{"/": [1, 0]}`,
		`{"cat": ["a", [1, [2, null]], null, true]}`,
		`{"map": [[1, 2], {"*": [{"var": ""}, 10]}]}`,
		`{"var": ["title", "untitled"]}`,
		`{"var": "id"}`,
	} {
		rule, err := jsonlogic.Compile(decodeJSON(text))
		if err != nil {
			fmt.Println(err)
			return
		}
		result, err := rule.Apply(decodeJSON(`{"id": 9007199254740993}`))
		fmt.Println(text, "->", result, err)
	}
	// Output:
	// {"==": ["1", 1]} -> true <nil>
	// {"+": ["3 kg", 1.5]} -> 4.5 <nil>
	// {"/": [1, 0]} -> <nil> <nil>
	// {"cat": ["a", [1, [2, null]], null, true]} -> a1,2,true <nil>
	// {"map": [[1, 2], {"*": [{"var": ""}, 10]}]} -> [10 20] <nil>
	// {"var": ["title", "untitled"]} -> untitled <nil>
	// {"var": "id"} -> 9007199254740993 <nil>
}

// What an event brings is data, though it may look like an operation.
func ExampleLiteral() {
	fromEvent := decodeJSON(`{"var": "apiKey"}`)
	data := decodeJSON(`{"apiKey": "secret"}`)
	for _, argument := range []any{fromEvent, jsonlogic.Literal{Value: fromEvent}} {
		rule, err := jsonlogic.Compile(map[string]any{"if": []any{true, argument}})
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println(rule.Apply(data))
	}
	// Output:
	// secret <nil>
	// map[var:apiKey] <nil>
}

func ExampleCheck() {
	for _, finding := range jsonlogic.Check(decodeJSON(`{"and": [{"equals": [1, 2]}, {">": [3, 2, 1]}]}`)) {
		fmt.Println(finding.Code, finding)
	}
	// Output:
	// unknown_operator "/and/0/equals": unknown operator "equals" (did you mean "=="?)
	// argument_count "/and/1/>": ">" takes 2 arguments, found 3 (three arguments work with < and <= only)
}

func ExampleUnknownOperatorError() {
	rule, err := jsonlogic.Compile(decodeJSON(`{"if": [{"var": "ready"}, {"concat": ["a", "b"]}, "not yet"]}`))
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(rule.Apply(decodeJSON(`{"ready": false}`)))
	_, err = rule.Apply(decodeJSON(`{"ready": true}`))
	var unknown *jsonlogic.UnknownOperatorError
	fmt.Println(errors.As(err, &unknown), err)
	// Output:
	// not yet <nil>
	// true unknown operator "concat" at "/if/1/concat": did you mean "cat"?
}

func ExampleTruthy() {
	for _, text := range []string{`null`, `0`, `""`, `"0"`, `[]`, `{}`} {
		v := decodeJSON(text)
		fmt.Println(text, jsonlogic.Truthy(v), jsonlogic.LogicTruthy(v))
	}
	// Output:
	// null false false
	// 0 false false
	// "" false false
	// "0" true true
	// [] true false
	// {} true true
}
