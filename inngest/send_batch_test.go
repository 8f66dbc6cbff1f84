package inngest_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/workflowkit/workflowkit-go/inngest"
	"github.com/workflowkit/workflowkit-go/workflowkit"
)

func many(n int) []workflowkit.Event {
	events := make([]workflowkit.Event, n)
	for i := range events {
		events[i] = event("e", fmt.Sprintf(`{"n":%d}`, i))
	}
	return events
}

// large returns an event that is about as large as Inngest takes.
func large() workflowkit.Event {
	return event("e", `{"x":"`+strings.Repeat("x", inngest.MaxEventSize-100)+`"}`)
}

func TestManyEventsAreSplitAsTheServerWants(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		events   []workflowkit.Event
		requests []int // events in each
	}{
		"as many as one request takes": {many(5000), []int{5000}},
		"one more":                     {many(5001), []int{5000, 1}},
		"three requests":               {many(11000), []int{5000, 5000, 1000}},
		"large events":                 {[]workflowkit.Event{large(), large(), large(), large(), large(), large(), large()}, []int{6, 1}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var requests []int
			api := newEventAPI(t, func(w http.ResponseWriter, attempt, events int) {
				requests = append(requests, events)
				ids := make([]string, events)
				for i := range ids {
					ids[i] = fmt.Sprintf("%d.%d", attempt, i)
				}
				_ = json.NewEncoder(w).Encode(map[string]any{"ids": ids, "status": 200})
			})
			ids, err := newClient(t, inngest.Config{BaseURL: api.URL}).SendMany(t.Context(), tc.events)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tc.requests, requests); diff != "" {
				t.Errorf("events in each request (-want +got):\n%s", diff)
			}
			last := fmt.Sprintf("%d.%d", len(tc.requests), tc.requests[len(tc.requests)-1]-1)
			if len(ids) != len(tc.events) || ids[0] != "1.0" || ids[len(ids)-1] != last {
				t.Errorf("%d ids, from %q to %q, want %d, to %q", len(ids), ids[0], ids[len(ids)-1], len(tc.events), last)
			}
			for i, body := range api.bodies {
				if len(body) > 3<<20 || !json.Valid([]byte(body)) {
					t.Errorf("body %d has %d bytes", i, len(body))
				}
			}
		})
	}
}

func TestErrorOfALaterRequestSaysWhatWasReceived(t *testing.T) {
	t.Parallel()
	api := newEventAPI(t, func(w http.ResponseWriter, attempt, events int) {
		if attempt > 1 {
			w.WriteHeader(http.StatusBadRequest)
			return
		}
		answerIDs(w, events)
	})
	_, err := newClient(t, inngest.Config{BaseURL: api.URL}).SendMany(t.Context(), many(5001))
	var sendError *inngest.SendError
	if !errors.As(err, &sendError) || len(sendError.Sent) != 5000 || !strings.Contains(err.Error(), "first 5000 events were received") {
		t.Errorf("error is %v", err)
	}
}
