package workflowkittest

import (
	"context"
	"slices"
	"sort"
	"strings"
	"time"

	"github.com/workflowkit/workflowkit-go/workflowkit"
)

// backend is what a server would remember of a run: results of steps, timers and waits.
type backend struct {
	*settings
	now  time.Time
	memo map[string]memo
	// failed says that one of them is an error.
	failed bool
	tries  map[string]int
	timers map[string]time.Time
	// awaited are the timers that something has waited for in the last pass. A step that is not reached any more leaves
	// a timer behind.
	awaited map[string]bool
	waits   map[string]*wait
	// planned are the steps that the last pass found in concurrent branches.
	planned []string
	// progress says that the last passes produced something that only another pass can take up.
	progress bool
	result   *Result
	// passes counts the passes that look for what is new, and seen has the first of them that knew each result.
	passes int
	seen   map[string]int
	memory workflowkit.Memory
	// used are the names of fakes that have been used.
	used map[string]bool
}

// memo is the stored result of a step.
type memo struct {
	output []byte
	event  *workflowkit.Event
	err    *workflowkit.StepError
}

type wait struct {
	opts     workflowkit.WaitForEventOpts
	deadline time.Time
	matched  *workflowkit.Event
}

func newBackend(s *settings) *backend {
	sort.SliceStable(s.events, func(i, j int) bool { return s.events[i].at.Before(s.events[j].at) })
	return &backend{
		settings: s, now: s.start, memo: map[string]memo{}, tries: map[string]int{},
		timers: map[string]time.Time{}, awaited: map[string]bool{}, waits: map[string]*wait{}, result: &Result{}, used: map[string]bool{},
		seen: map[string]int{},
	}
}

// pass calls the engine once. With a target only that step is executed.
func (b *backend) pass(ctx context.Context, engine *workflowkit.Engine, in workflowkit.RunInput, target string) (*workflowkit.Result, error) {
	if target == "" {
		b.planned, b.progress = nil, false
		b.passes++
		clear(b.awaited)
	}
	b.result.Passes++
	return engine.Run(ctx, &tools{b: b, target: target, calls: map[string]int{}}, in)
}

// shuffled returns some of the planned steps, at least one if there is any, in random order: a server may call again
// before it has executed all of them.
func (b *backend) shuffled() []string {
	if b.random == nil || len(b.planned) == 0 {
		return nil
	}
	keys := append([]string(nil), b.planned...)
	b.random.Shuffle(len(keys), func(i, j int) { keys[i], keys[j] = keys[j], keys[i] })
	return keys[:1+b.random.Intn(len(keys))]
}

// advance moves the clock to the next moment at which something happens.
func (b *backend) advance() bool {
	next, found := time.Time{}, false
	consider := func(t time.Time) {
		if !found || t.Before(next) {
			next, found = t, true
		}
	}
	for key := range b.awaited {
		if _, done := b.memo[key]; !done {
			consider(b.timers[key])
		}
	}
	if len(b.events) > 0 {
		consider(b.events[0].at)
	}
	if !found {
		return false
	}
	if next.After(b.now) {
		b.now = next
	}
	for len(b.events) > 0 && !b.events[0].at.After(b.now) {
		event := b.events[0].event
		b.events = b.events[1:]
		b.deliver(event)
	}
	return true
}

// await notes that something waits for a timer.
func (b *backend) await(key string) { b.awaited[key] = true }

// deliver gives an event to the waits that it matches.
func (b *backend) deliver(event workflowkit.Event) {
	for key, w := range b.waits {
		if _, done := b.memo[key]; done || w.matched != nil || w.opts.Event != event.Name || !b.now.Before(w.deadline) {
			continue
		}
		if ok, err := matches(w.opts.If, b.event, event); err == nil && ok {
			e := event
			w.matched = &e
			b.progress = true
		}
	}
}

func (b *backend) finish() *Result {
	b.result.Elapsed = b.now.Sub(b.start)
	for id := range b.steps {
		b.unused(id)
	}
	for id := range b.failures {
		b.unused(id)
	}
	for id := range b.functions {
		b.unused(id)
	}
	sort.Strings(b.result.Unused)
	b.result.Unused = slices.Compact(b.result.Unused)
	return b.result
}

func (b *backend) unused(name string) {
	if !b.used[name] {
		b.result.Unused = append(b.result.Unused, name)
	}
}

// done lists the steps that have a result.
func (b *backend) done() string {
	if len(b.result.Steps) == 0 {
		return "none"
	}
	ids := make([]string, len(b.result.Steps))
	for i, step := range b.result.Steps {
		ids[i] = step.ID
	}
	return strings.Join(ids, ", ")
}

// store keeps the result of a step.
func (b *backend) store(key, op string, m memo) {
	b.memo[key] = m
	b.failed = b.failed || m.err != nil
	b.progress = b.progress || b.random != nil
	step := Step{ID: key, Op: op, Attempts: b.tries[key], Output: m.output}
	if m.err != nil {
		step.Error, step.Output = m.err.Message, nil
	}
	b.result.Steps = append(b.result.Steps, step)
}
