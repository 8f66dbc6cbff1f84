package workflowkit_test

import (
	"context"
	"encoding/json"
	"fmt"
	"log"

	"github.com/workflowkit/workflowkit-go/workflowkit"
	"github.com/workflowkit/workflowkit-go/workflowkit/workflowkittest"
)

type mailInput struct {
	To  string `json:"to"`
	Key string `json:"key" jsonschema:"writeOnly=true"`
}

// A handler gets its secrets; nobody else gets to see them.
func Example_secrets() {
	mail := workflowkit.Define(workflowkit.Spec{Kind: "mail"},
		func(_ context.Context, _ *workflowkit.Run, in mailInput) (string, error) {
			return fmt.Sprintf("sent to %s with a key of %d letters", in.To, len(in.Key)), nil
		})
	result, err := workflowkittest.RunAction(context.Background(), mail,
		mailInput{To: "ada@example.org", Key: "!ref($.event.data.key)"},
		workflowkittest.WithEvent(workflowkit.Event{Name: "go", Data: json.RawMessage(`{"key":"hunter2"}`)}))
	if err != nil {
		log.Fatal(err)
	}
	action, _ := result.Run.Action(workflowkittest.ActionID)
	fmt.Println(string(action.Inputs))
	fmt.Println(string(action.Output))
	// Output:
	// {"to":"ada@example.org","key":"[secret]"}
	// "sent to ada@example.org with a key of 7 letters"
}
