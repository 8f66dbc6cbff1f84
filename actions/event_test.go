package actions_test

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/workflowkit/workflowkit-go/actions"
	"github.com/workflowkit/workflowkit-go/workflowkit"
)

func TestEvents(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		make func() (workflowkit.Event, error)
		want string
	}{
		"updated":     {func() (workflowkit.Event, error) { return actions.PostUpdated("7") }, `{"name":"blog-post.updated","data":{"id":"7"}}`},
		"published":   {func() (workflowkit.Event, error) { return actions.PostPublished("7") }, `{"name":"blog-post.published","data":{"id":"7"}}`},
		"unpublished": {func() (workflowkit.Event, error) { return actions.PostUnpublished("7") }, `{"name":"blog-post.unpublished","data":{"id":"7"}}`},
		"approved":    {func() (workflowkit.Event, error) { return actions.Approval("7", true, "") }, `{"name":"blog-post.approve-ai-suggestions","data":{"id":"7","approved":true}}`},
		"rejected":    {func() (workflowkit.Event, error) { return actions.Approval("7", false, "why") }, `{"name":"blog-post.approve-ai-suggestions","data":{"id":"7","approved":false,"reason":"why"}}`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			event, err := tc.make()
			if err != nil {
				t.Fatal(err)
			}
			got, err := json.Marshal(event)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tc.want, string(got)); diff != "" {
				t.Errorf("event (-want +got):\n%s", diff)
			}
			var payload actions.ApprovalEvent
			if err := event.DecodeData(&payload); err != nil || payload.ID != "7" {
				t.Errorf("payload is %+v, %v", payload, err)
			}
		})
	}
}

func TestEventsNeedAnID(t *testing.T) {
	t.Parallel()
	for name, makeEvent := range map[string]func(string) (workflowkit.Event, error){
		"updated": actions.PostUpdated, "published": actions.PostPublished, "unpublished": actions.PostUnpublished,
		"approval": func(id string) (workflowkit.Event, error) { return actions.Approval(id, true, "") },
	} {
		if event, err := makeEvent(""); err == nil {
			t.Errorf("%s without an id is %+v", name, event)
		}
	}
}

func TestPostID(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]actions.PostID{
		`"7"`: "7", `7`: "7", `"abc"`: "abc", `-7`: "-7", `12.0`: "12", `1.2e1`: "12", `1e6`: "1000000", `null`: "", `0`: "0",
		`9007199254740993`: "9007199254740993", `9223372036854775807`: "9223372036854775807", `-0`: "0", `"\u00e4"`: "ä",
	} {
		var got actions.PostID
		if err := json.Unmarshal([]byte(in), &got); err != nil || got != want {
			t.Errorf("%s is %q, %v, want %q", in, got, err, want)
		}
	}
	for _, in := range []string{`1.5`, `true`, `{}`, `["7"]`, `1e300`, `9223372036854775808`, `1e400`} {
		var got actions.PostID
		if err := json.Unmarshal([]byte(in), &got); err == nil {
			t.Errorf("%s is %q, want an error", in, got)
		}
	}
}

func FuzzPostID(f *testing.F) {
	for _, seed := range []string{`"7"`, `7`, `1e2`, `-0.0`, `null`, `{}`, `" "`, `1E+2`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		var id, again actions.PostID
		if json.Unmarshal(data, &id) != nil {
			return
		}
		raw, err := json.Marshal(id)
		if err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(raw, &again); err != nil || again != id || raw[0] != '"' {
			t.Errorf("%s became %q, then %s, then %q (%v)", data, id, raw, again, err)
		}
	})
}

func TestDecision(t *testing.T) {
	t.Parallel()
	for data, want := range map[string]bool{
		`{"id":"7"}`: true, `{"id":"7","approved":null}`: true, `{"id":"7","approved":true,"reason":5}`: true, ``: true,
		`{"id":"7","approved":false}`: false, `{"id":"7","approved":0}`: false, `{"id":"7","approved":"true"}`: false, `{"approved":[]}`: false,
		`[]`: false,
	} {
		got, reason := actions.DecisionOf(workflowkit.Event{Name: actions.EventApproval, Data: json.RawMessage(data)})
		if got != want {
			t.Errorf("%s is approved: %v (%s), want %v", data, got, reason, want)
		}
	}
}
