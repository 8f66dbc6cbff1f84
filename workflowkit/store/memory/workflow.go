package memory

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"github.com/workflowkit/workflowkit-go/workflowkit"
	"github.com/workflowkit/workflowkit-go/workflowkit/store"
)

// workflow is a workflow with all its versions.
type workflow struct {
	id                         string
	name, description, trigger string
	enabled                    bool
	created                    time.Time
	// versions are numbered from 1 without gaps.
	versions []store.Version
	// published is the number of the published version, or 0.
	published int
}

// show returns a workflow as callers see it.
func (w *workflow) show(definitions bool) store.Workflow {
	created := w.created
	out := store.Workflow{
		ID: w.id, Name: w.name, Description: w.description, Trigger: w.trigger, Enabled: w.enabled, CreatedAt: &created,
	}
	if n := len(w.versions); n > 0 {
		out.Draft = w.version(n, definitions)
	}
	if w.published > 0 {
		out.Published = w.version(w.published, definitions)
	}
	return out
}

func (w *workflow) version(number int, definition bool) *store.Version {
	v := w.versions[number-1]
	if !definition {
		v.Definition = nil
	}
	return &v
}

// find returns a workflow. The caller holds the lock.
func (s *Store) find(id string) (*workflow, error) {
	n, err := strconv.Atoi(id)
	if err != nil || n < 1 || n > len(s.workflows) || strconv.Itoa(n) != id {
		return nil, fmt.Errorf("workflow %q: %w", id, store.ErrNotFound)
	}
	return s.workflows[n-1], nil
}

// ListWorkflows implements [store.Workflows].
func (s *Store) ListWorkflows(ctx context.Context) ([]store.Workflow, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	out := make([]store.Workflow, len(s.workflows))
	for i, w := range s.workflows {
		out[i] = w.show(false)
	}
	return out, nil
}

// GetWorkflow implements [store.Workflows].
func (s *Store) GetWorkflow(ctx context.Context, id string) (store.Workflow, error) {
	if err := ctx.Err(); err != nil {
		return store.Workflow{}, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	w, err := s.find(id)
	if err != nil {
		return store.Workflow{}, err
	}
	return w.show(true), nil
}

// CreateWorkflow implements [store.Workflows].
func (s *Store) CreateWorkflow(ctx context.Context, settings store.Settings) (store.Workflow, error) {
	if err := ctx.Err(); err != nil {
		return store.Workflow{}, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	w := &workflow{id: strconv.Itoa(len(s.workflows) + 1), created: s.now()}
	if err := s.change(w, settings); err != nil {
		return store.Workflow{}, err
	}
	s.workflows = append(s.workflows, w)
	return w.show(true), nil
}

// ChangeWorkflow implements [store.Workflows].
func (s *Store) ChangeWorkflow(ctx context.Context, id string, settings store.Settings) (store.Workflow, error) {
	if err := ctx.Err(); err != nil {
		return store.Workflow{}, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	w, err := s.find(id)
	if err != nil {
		return store.Workflow{}, err
	}
	if err := s.change(w, settings); err != nil {
		return store.Workflow{}, err
	}
	return w.show(true), nil
}

// change changes settings unless another workflow has what must be its own. The caller holds the lock.
func (s *Store) change(w *workflow, settings store.Settings) error {
	next := *w
	set(&next.name, settings.Name)
	set(&next.description, settings.Description)
	set(&next.trigger, settings.Trigger)
	set(&next.enabled, settings.Enabled)
	for _, other := range s.workflows {
		switch {
		case other == w:
		case next.name != "" && next.name == other.name && settings.Name != nil:
			return fmt.Errorf("workflow %q has the name %q: %w", other.id, next.name, store.ErrExists)
		case next.enabled && other.enabled && next.trigger != "" && next.trigger == other.trigger:
			return fmt.Errorf("workflow %q is enabled for the trigger %q: %w", other.id, next.trigger, store.ErrExists)
		}
	}
	*w = next
	return nil
}

func set[T any](to *T, from *T) {
	if from != nil {
		*to = *from
	}
}

// LoadWorkflow implements [workflowkit.Loader]: it returns the published version of the workflow that is enabled for the
// event.
func (s *Store) LoadWorkflow(ctx context.Context, event workflowkit.Event) (*workflowkit.Definition, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, w := range s.workflows {
		if w.enabled && w.trigger == event.Name && w.trigger != "" && w.published > 0 {
			return &workflowkit.Definition{
				ID: w.id, Version: strconv.Itoa(w.published), JSON: w.versions[w.published-1].Definition,
			}, nil
		}
	}
	return nil, nil
}

// LoadWorkflowByID implements [workflowkit.WorkflowLoader]: it returns the published version of a workflow, enabled or not.
func (s *Store) LoadWorkflowByID(ctx context.Context, id string) (*workflowkit.Definition, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, w := range s.workflows {
		if w.id == id && w.published > 0 {
			return &workflowkit.Definition{
				ID: w.id, Version: strconv.Itoa(w.published), JSON: w.versions[w.published-1].Definition,
			}, nil
		}
	}
	return nil, nil
}
