package memory

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"unicode/utf8"

	"github.com/workflowkit/workflowkit-go/workflowkit"
	"github.com/workflowkit/workflowkit-go/workflowkit/store"
)

// SaveVersion implements [store.Workflows].
func (s *Store) SaveVersion(ctx context.Context, id string, save store.Save) (store.Version, error) {
	if err := ctx.Err(); err != nil {
		return store.Version{}, err
	}
	if err := valid(save); err != nil {
		return store.Version{}, fmt.Errorf("save of workflow %q: %w", id, err)
	}
	next := store.Version{
		Hash: workflowkit.ContentHash(save.Definition), Author: save.Author, Note: save.Note, Definition: bytes.Clone(save.Definition),
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	w, err := s.find(id)
	if err != nil {
		return store.Version{}, err
	}
	if n := len(w.versions); n > 0 && w.versions[n-1].Hash == next.Hash {
		return w.versions[n-1], nil
	}
	if n := len(w.versions); save.Base != n {
		conflict := &store.ConflictError{Base: save.Base}
		if n > 0 {
			conflict.Current = w.versions[n-1]
		}
		return store.Version{}, fmt.Errorf("workflow %q: %w", id, conflict)
	}
	next.Number, next.CreatedAt = len(w.versions)+1, s.now()
	w.versions = append(w.versions, next)
	return next, nil
}

// valid refuses what databases cannot store.
func valid(save store.Save) error {
	var object map[string]json.RawMessage
	switch {
	case json.Unmarshal(save.Definition, &object) != nil || object == nil:
		return fmt.Errorf("the definition is not a JSON object: %w", store.ErrInvalid)
	case !utf8.ValidString(save.Author + save.Note):
		return fmt.Errorf("author or note are not UTF-8: %w", store.ErrInvalid)
	}
	return nil
}

// PublishVersion implements [store.Workflows].
func (s *Store) PublishVersion(ctx context.Context, id string, number int) (store.Workflow, error) {
	if err := ctx.Err(); err != nil {
		return store.Workflow{}, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	w, err := s.find(id)
	if err != nil {
		return store.Workflow{}, err
	}
	if err := w.has(number); err != nil {
		return store.Workflow{}, err
	}
	w.published = number
	return w.show(true), nil
}

func (w *workflow) has(number int) error {
	if number < 1 || number > len(w.versions) {
		return fmt.Errorf("version %d of workflow %q: %w", number, w.id, store.ErrNotFound)
	}
	return nil
}

// ListVersions implements [store.Workflows].
func (s *Store) ListVersions(ctx context.Context, id string) ([]store.Version, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	w, err := s.find(id)
	if err != nil {
		return nil, err
	}
	out := slices.Clone(w.versions)
	if out == nil {
		out = []store.Version{}
	}
	slices.Reverse(out)
	for i := range out {
		out[i].Definition = nil
	}
	return out, nil
}

// GetVersion implements [store.Workflows].
func (s *Store) GetVersion(ctx context.Context, id string, number int) (store.Version, error) {
	if err := ctx.Err(); err != nil {
		return store.Version{}, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	w, err := s.find(id)
	if err != nil {
		return store.Version{}, err
	}
	if err := w.has(number); err != nil {
		return store.Version{}, err
	}
	return *w.version(number, true), nil
}
