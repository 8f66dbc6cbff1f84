package loader_test

import (
	"context"
	"fmt"
	"log"

	"github.com/workflowkit/workflowkit-go/workflowkit"
)

// takeAll stands for an *inngest.Client.
type takeAll struct{}

func (takeAll) SendMany(_ context.Context, events []workflowkit.Event) ([]string, error) {
	for _, e := range events {
		fmt.Println("sent", e.Name, string(e.Data))
	}
	return nil, nil
}

// A decision and its event happen together. A server runs the outbox all the time, by Run.
func ExampleDB_Outbox() {
	ctx := context.Background()
	db := openSeeded()
	defer db.Close()
	event, err := workflowkit.NewEvent("blog-post.updated", map[string]string{"id": "1"})
	if err != nil {
		log.Fatal(err)
	}
	decision, err := db.SendToReview(ctx, 1, event)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(decision.Post.Status)
	if _, err := db.Outbox().Deliver(ctx, takeAll{}); err != nil {
		log.Fatal(err)
	}
	// Output:
	// under review
	// sent blog-post.updated {"id":"1"}
}
