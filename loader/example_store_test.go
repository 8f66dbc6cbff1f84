package loader_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log"

	"github.com/workflowkit/workflowkit-go/workflowkit"
	"github.com/workflowkit/workflowkit-go/workflowkit/store"
)

// A save is a draft until somebody publishes it, and a save over somebody else's is refused.
func ExampleDB_Store() {
	ctx := context.Background()
	db := openSeeded()
	defer db.Close()
	workflows := db.Store()
	draft, err := workflows.SaveVersion(ctx, "1", store.Save{
		Base: 1, Definition: json.RawMessage(`{"name":"Shorter","actions":[],"edges":[]}`), Author: "Ada", Note: "no review",
	})
	if err != nil {
		log.Fatal(err)
	}
	loaded := func() string {
		def, err := db.LoadWorkflow(ctx, workflowkit.Event{Name: "blog-post.updated"})
		if err != nil {
			log.Fatal(err)
		}
		return def.Version
	}
	fmt.Printf("draft %d, runs load %s\n", draft.Number, loaded())

	_, err = workflows.SaveVersion(ctx, "1", store.Save{Base: 1, Definition: json.RawMessage(`{"name":"Longer"}`), Author: "Bob"})
	var conflict *store.ConflictError
	if errors.As(err, &conflict) {
		fmt.Println(conflict)
	}
	if _, err := workflows.PublishVersion(ctx, "1", draft.Number); err != nil {
		log.Fatal(err)
	}
	fmt.Println("runs load", loaded())
	versions, err := workflows.ListVersions(ctx, "1")
	if err != nil {
		log.Fatal(err)
	}
	for _, v := range versions {
		fmt.Printf("%d by %q: %s\n", v.Number, v.Author, v.Note)
	}
	// Output:
	// draft 2, runs load 1
	// version 2 was saved by "Ada" since version 1: compare the two and save again
	// runs load 2
	// 2 by "Ada": no review
	// 1 by "": seed
}
