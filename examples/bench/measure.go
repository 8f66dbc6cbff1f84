package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/workflowkit/workflowkit-go/workflowkit"
)

// scenario is what is measured.
type scenario struct {
	name, workflow string
	// together is how many runs are started at once.
	together int
	// rounds is how often, as a multiple of the runs that were asked for.
	rounds float64
}

func scenarios() []scenario {
	return []scenario{
		{"two", "two", 1, 2}, {"review", "review", 1, 1}, {"fork", "fork", 1, 0.5}, {"50", "two", 50, 0.25}, {"500", "two", 500, 0.1},
	}
}

// sample is one run.
type sample struct {
	took  time.Duration
	ended time.Time
	calls int
	// approvals is how many had to be sent.
	approvals int
}

var tokens atomic.Int64

// measure runs all scenarios. Both variants take turns, so that what else happens on the machine hits both.
func (b *bed) measure(ctx context.Context) (*report, error) {
	out := &report{Server: b.server, InProcess: b.local != nil}
	for _, s := range scenarios() {
		if b.only != "" && !slices.Contains(strings.Split(b.only, ","), s.name) {
			continue
		}
		rounds := max(1, int(float64(b.runs)*s.rounds))
		batches := map[string][]batch{}
		for round := range rounds + min(b.warm, rounds) {
			for _, variant := range []string{engineVariant, handVariant} {
				batch, err := b.batch(ctx, s, variant)
				if err != nil {
					return nil, fmt.Errorf("scenario %s, %s: %w", s.name, variant, err)
				}
				if round >= min(b.warm, rounds) {
					batches[variant] = append(batches[variant], batch)
				}
			}
		}
		out.add(s, batches)
	}
	if len(out.Scenarios) == 0 {
		return nil, fmt.Errorf("no scenario is called %q", b.only)
	}
	return out, nil
}

// batch are runs that were started at once.
type batch struct {
	samples []sample
	// took is the time from the first event to the end of the last run.
	took time.Duration
}

func (b *bed) batch(ctx context.Context, s scenario, variant string) (batch, error) {
	ctx, cancel := context.WithTimeout(ctx, b.timeout)
	defer cancel()
	observations := make([]*observed, s.together)
	events := make([]workflowkit.Event, s.together)
	names := make([]string, s.together)
	for i := range events {
		names[i] = fmt.Sprintf("%d-%d", time.Now().UnixNano(), tokens.Add(1))
		observations[i] = b.recorder.expect(names[i])
		data, err := json.Marshal(tokenData{names[i]})
		if err != nil {
			return batch{}, err
		}
		events[i] = workflowkit.Event{Name: startEvent(s.workflow, variant), Data: data}
	}
	start := time.Now()
	if _, err := b.client.SendMany(ctx, events); err != nil {
		return batch{}, err
	}
	out := batch{samples: make([]sample, s.together)}
	errs := make([]error, s.together)
	var wg sync.WaitGroup
	for i, o := range observations {
		wg.Go(func() {
			out.samples[i].approvals, errs[i] = b.approve(ctx, names[i], o)
			out.samples[i].ended = o.ended
		})
	}
	wg.Wait()
	if err := errors.Join(errs...); err != nil {
		return batch{}, err
	}
	for i := range out.samples {
		out.samples[i].took = out.samples[i].ended.Sub(start)
		out.samples[i].calls = b.recorder.counted(observations[i])
		out.took = max(out.took, out.samples[i].took)
	}
	return out, nil
}

// approve waits for the end of a run. Once the run asks for an approval it is given, and again as long as the run has
// not taken it.
func (b *bed) approve(ctx context.Context, token string, o *observed) (int, error) {
	select {
	case <-o.done:
		return 0, nil
	case <-ctx.Done():
		return 0, fmt.Errorf("a run has not ended in time: %w", ctx.Err())
	case <-o.asked:
	}
	data, err := json.Marshal(tokenData{token})
	if err != nil {
		return 0, err
	}
	const patience = 500 * time.Millisecond
	for approvals := 1; ; approvals++ {
		if _, err := b.client.Send(ctx, workflowkit.Event{Name: approvalEvent, Data: data}); err != nil {
			return approvals, err
		}
		select {
		case <-o.done:
			return approvals, nil
		case <-ctx.Done():
			return approvals, fmt.Errorf("an approved run has not ended in time: %w", ctx.Err())
		case <-time.After(patience):
		}
	}
}
