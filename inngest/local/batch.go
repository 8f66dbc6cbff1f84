package local

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/workflowkit/workflowkit-go/inngest/internal/expr"
)

// batch says how events are collected for one run.
type batch struct {
	max     int
	timeout time.Duration
	key     *expr.Program // nil: all events of the function
	cond    *expr.Program // nil: any event
}

type wireBatch struct {
	MaxSize int     `json:"maxSize"`
	Timeout string  `json:"timeout"`
	Key     *string `json:"key"`
	If      *string `json:"if"`
}

func newBatch(in *wireBatch) (*batch, error) {
	b := &batch{max: in.MaxSize}
	var err error
	if b.key, err = compileOptional(in.Key); err != nil {
		return nil, err
	}
	if b.cond, err = compileOptional(in.If); err != nil {
		return nil, err
	}
	// The real server takes no days here.
	if b.timeout, err = time.ParseDuration(in.Timeout); err != nil {
		return nil, fmt.Errorf("invalid timeout string: %s", in.Timeout)
	}
	switch {
	case b.max < 2:
		return nil, fmt.Errorf("batch size cannot be smaller than 2: %d", b.max)
	case b.timeout < time.Second:
		return nil, errors.New("batch timeout should be more than 1s")
	}
	return b, nil
}

// batchExcludes names what a function with a batch must not have as well.
func (f *function) batchExcludes() error {
	switch {
	case f.batch == nil:
		return nil
	case len(f.cancel) > 0:
		return errors.New("batching and cancellation are mutually exclusive")
	case f.debounce != nil:
		return errors.New("batching and debouncing are mutually exclusive")
	case f.singleton != nil:
		return errors.New("batching and singletons are mutually exclusive")
	case f.priority != nil:
		return errors.New("a function cannot specify a priority and a batch together")
	}
	return nil
}

// collected are events that wait for others, to be given to one run.
type collected struct {
	events []*event
	job    *job
}

// collect adds an event to a batch, and starts a run if it is full. It reports false if the event is none for batches.
func (s *Server) collect(f *function, e *event, vars map[string]any) bool {
	if f.batch == nil || f.batch.cond != nil && !f.batch.cond.True(vars) {
		return false
	}
	key := f.id
	if f.batch.key != nil {
		key = fmt.Sprintf("%s/%v", f.id, f.batch.key.Value(vars))
	}
	c := s.batches[key]
	if c == nil {
		c = &collected{}
		s.batches[key] = c
		c.job = s.at(s.clock.Now().Add(f.batch.timeout), nil, func() { s.flush(f, key) })
	}
	if s.repeated(f, e) || slices.ContainsFunc(c.events, func(other *event) bool { return other.id == e.id }) {
		return true
	}
	c.events = append(c.events, e)
	if len(c.events) >= f.batch.max {
		s.drop(func(j *job) bool { return j == c.job })
		s.flush(f, key)
	}
	return true
}

func (s *Server) flush(f *function, key string) {
	c := s.batches[key]
	delete(s.batches, key)
	if current := s.functions[f.slug]; current != nil {
		f = current
	}
	if len(c.events) > 0 {
		s.start(f, c.events...)
	}
}
