package memory_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/workflowkit/workflowkit-go/workflowkit/store"
	"github.com/workflowkit/workflowkit-go/workflowkit/store/memory"
)

func ExampleStore() {
	ctx, workflows := context.Background(), memory.New()
	name := "Review"
	w, err := workflows.CreateWorkflow(ctx, store.Settings{Name: &name})
	if err != nil {
		fmt.Println(err)
		return
	}
	first, err := workflows.SaveVersion(ctx, w.ID, store.Save{Definition: json.RawMessage(`{"actions":[],"edges":[]}`), Author: "Ada"})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println("version", first.Number)

	// Bob has not seen what Ada has saved.
	_, err = workflows.SaveVersion(ctx, w.ID, store.Save{Base: 0, Definition: json.RawMessage(`{"name":"Mine"}`), Author: "Bob"})
	var conflict *store.ConflictError
	fmt.Println(errors.As(err, &conflict), conflict.Current.Author)
	// Output:
	// version 1
	// true Ada
}
