package local_test

import (
	"context"
	"encoding/json"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/inngest/inngestgo"

	"github.com/workflowkit/workflowkit-go/inngest/local"
)

// batched is a function that returns the keys of all events of its run.
func batched(batch inngestgo.ConfigBatchEvents) func(b *bundle) {
	return func(b *bundle) {
		b.function(inngestgo.FunctionOpts{ID: "f", BatchEvents: &batch}, func(_ context.Context, in input) (any, error) {
			keys := []any{}
			for _, e := range in.Events {
				keys = append(keys, e.Data["k"])
			}
			return keys, nil
		})
	}
}

// outputs are what the runs of f have returned, oldest first.
func (b *bundle) outputs() []string {
	var out []string
	for _, r := range b.server.Runs(local.Filter{FunctionID: "f"}) {
		out = append(out, string(r.Output))
	}
	return out
}

func TestBatch(t *testing.T) {
	t.Parallel()
	same := local.Event{ID: "same", Name: "f", Data: map[string]any{"k": 1}}
	cases := map[string]struct {
		batch         inngestgo.ConfigBatchEvents
		events        []local.Event
		atOnce, later []string
	}{
		"a full batch starts at once": {
			inngestgo.ConfigBatchEvents{MaxSize: 2, Timeout: time.Minute},
			[]local.Event{keyed(1), keyed(2), keyed(3)},
			[]string{`[1,2]`},
			[]string{`[1,2]`, `[3]`},
		},
		"a batch that does not fill starts after its time": {
			inngestgo.ConfigBatchEvents{MaxSize: 9, Timeout: time.Minute},
			[]local.Event{keyed(1), keyed(2)},
			nil,
			[]string{`[1,2]`},
		},
		"each key has a batch of its own": {
			inngestgo.ConfigBatchEvents{MaxSize: 2, Timeout: time.Minute, Key: inngestgo.StrPtr("event.data.k")},
			[]local.Event{keyed(1), keyed(2), keyed(1)},
			[]string{`[1,1]`},
			[]string{`[1,1]`, `[2]`},
		},
		"an event for which the condition does not hold starts at once": {
			inngestgo.ConfigBatchEvents{MaxSize: 9, Timeout: time.Minute, If: inngestgo.StrPtr("event.data.k > 1")},
			[]local.Event{keyed(1), keyed(2), keyed(3)},
			[]string{`[1]`},
			[]string{`[1]`, `[2,3]`},
		},
		"an event that comes twice counts once": {
			inngestgo.ConfigBatchEvents{MaxSize: 2, Timeout: time.Minute},
			[]local.Event{same, same, keyed(2), same},
			[]string{`[1,2]`},
			[]string{`[1,2]`},
		},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := setup(t, local.Config{}, batched(c.batch))
			b.mustSend(c.events...)
			if diff := cmp.Diff(c.atOnce, b.outputs()); diff != "" {
				t.Errorf("at once (-want +got):\n%s", diff)
			}
			b.advance(time.Minute)
			if diff := cmp.Diff(c.later, b.outputs()); diff != "" {
				t.Errorf("later (-want +got):\n%s", diff)
			}
		})
	}
}

func TestSchedules(t *testing.T) {
	t.Parallel()
	b := newBundle(t, local.Config{})
	trigger := inngestgo.MultipleTriggers{
		inngestgo.CronTrigger("TZ=Europe/Zurich 0 9 * * *"), inngestgo.CronTriggerWithJitter("30 6 2 1 *", 5*time.Minute),
	}
	_, err := inngestgo.CreateFunction(b.client, inngestgo.FunctionOpts{ID: "f"}, trigger, func(_ context.Context, in input) (any, error) {
		return in.Event, nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for range 2 { // a second sync takes over
		if err := b.server.Register(b.ctx, b.app.URL+"/api/inngest"); err != nil {
			t.Fatal(err)
		}
	}
	b.advance(48 * time.Hour) // from the first of January
	type fired struct {
		Name string
		ID   string
		Data map[string]string
	}
	var got []fired
	for _, output := range b.outputs() {
		var f fired
		if err := json.Unmarshal([]byte(output), &f); err != nil {
			t.Fatal(err)
		}
		at, err := time.Parse(time.RFC3339, f.Data["fireAt"])
		if err != nil {
			t.Fatal(err)
		}
		if f.Data["cron"] == "30 6 2 1 *" {
			late := at.Sub(time.Date(2026, 1, 2, 6, 30, 0, 0, time.UTC))
			if late < time.Second || late > 5*time.Minute {
				t.Errorf("the jitter is %v", late)
			}
		}
		delete(f.Data, "fireAt")
		got = append(got, f)
	}
	event := func(cron, at string) fired {
		return fired{local.EventScheduled, at, map[string]string{"cron": cron, "scheduledAt": at}}
	}
	want := []fired{
		event("TZ=Europe/Zurich 0 9 * * *", "2026-01-01T08:00:00Z"),
		event("30 6 2 1 *", "2026-01-02T06:30:00Z"),
		event("TZ=Europe/Zurich 0 9 * * *", "2026-01-02T08:00:00Z"),
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("runs (-want +got):\n%s", diff)
	}
}

// A schedule recurs for ever, so a clock that moves by itself must not follow it, but do what is due on the way.
func TestSchedulesDoNotDriveTheClock(t *testing.T) {
	t.Parallel()
	b := newBundle(t, local.Config{})
	if _, err := inngestgo.CreateFunction(b.client, inngestgo.FunctionOpts{ID: "hourly"}, inngestgo.CronTrigger("0 * * * *"),
		func(context.Context, input) (any, error) { return nil, nil }); err != nil {
		t.Fatal(err)
	}
	sleeper(inngestgo.FunctionOpts{})(b)
	b.clock.AutoAdvance(true)
	if err := b.server.Register(b.ctx, b.app.URL+"/api/inngest"); err != nil {
		t.Fatal(err)
	}
	ids, err := b.server.Send(b.ctx, keyed(1))
	if err != nil {
		t.Fatal(err)
	}
	run, err := b.server.WaitRun(b.ctx, b.server.EventRuns(ids[0])[0].ID)
	if err != nil {
		t.Fatal(err)
	}
	if got := run.Ended.Sub(run.Started); got != time.Hour {
		t.Errorf("the sleep took %v", got)
	}
	if n := len(b.server.Runs(local.Filter{FunctionID: "hourly"})); n != 1 {
		t.Errorf("%d runs of the schedule on the way", n)
	}
}
