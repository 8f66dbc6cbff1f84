package inngest_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/workflowkit/workflowkit-go/inngest"
	"github.com/workflowkit/workflowkit-go/workflowkit"
)

type postData struct {
	ID string `json:"id"`
}

const postUpdated = inngest.EventType[postData]("blog-post.updated")

func TestEventTypeRefuses(t *testing.T) {
	t.Parallel()
	for name, err := range map[string]error{
		"data that is no object":        second(inngest.EventType[[]int]("e").New([]int{1})),
		"data that has no JSON form":    second(inngest.EventType[func()]("e").New(func() {})),
		"an empty name":                 second(inngest.EventType[postData]("").New(postData{})),
		"a name of the server's":        second(inngest.EventType[postData]("inngest/x").New(postData{})),
		"data that is null":             second(inngest.EventType[map[string]int]("e").New(nil)),
		"data that is larger than 512K": second(postUpdated.New(postData{ID: strings.Repeat("x", 512<<10)})),
	} {
		if !errors.Is(err, inngest.ErrInvalidEvent) && !errors.Is(err, inngest.ErrEventTooLarge) {
			t.Errorf("%s: error is %v", name, err)
		}
	}
	if _, err := postUpdated.Data(event("other", `{"id":"1"}`)); err == nil {
		t.Error("the data of another event is read")
	}
	if _, err := postUpdated.Data(event("blog-post.updated", `{"id":1}`)); err == nil {
		t.Error("data of another type is read")
	}
}

func second[T any](_ T, err error) error { return err }

// An event type is defined once, to send, to trigger and to read.
func ExampleEventType() {
	const updated = inngest.EventType[postData]("blog-post.updated")

	event, err := updated.New(postData{ID: "42"})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(event.Name, string(event.Data))

	data, err := updated.Data(workflowkit.Event{Name: "blog-post.updated", Data: json.RawMessage(`{"id":"43"}`)})
	fmt.Println(data.ID, err)
	// Output:
	// blog-post.updated {"id":"42"}
	// 43 <nil>
}
