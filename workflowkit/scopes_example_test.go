package workflowkit_test

import (
	"encoding/json"
	"fmt"

	"github.com/workflowkit/workflowkit-go/workflowkit"
)

func ExampleEngine_Scopes() {
	engine, err := workflowkit.New(workflowkit.WithOpenKinds())
	if err != nil {
		fmt.Println(err)
		return
	}
	// Whether "detail" runs is decided by "check"; "publish" runs in any case.
	scopes := engine.Scopes(json.RawMessage(`{
		"actions": [{"id": "check", "kind": "check"}, {"id": "detail", "kind": "detail"}, {"id": "publish", "kind": "publish"}],
		"edges": [{"from": "$source", "to": "check"}, {"from": "check", "to": "publish"}, {"from": "detail", "to": "publish"},
			{"from": "check", "to": "detail", "conditional": {"type": "if", "ref": "!ref($.output.long)"}}]}`))
	fmt.Println("sure:", scopes["publish"].Sure)
	fmt.Println("maybe:", scopes["publish"].Maybe)
	// Output:
	// sure: [check]
	// maybe: [detail]
}

func ExampleContentHash() {
	a := workflowkit.ContentHash(json.RawMessage(`{"name": "Review", "actions": []}`))
	b := workflowkit.ContentHash(json.RawMessage(`{"actions":[],"name":"Review"}`))
	fmt.Println(a == b, len(a))
	// Output: true 64
}
