package workflowkit

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/workflowkit/workflowkit-go/workflowkit/internal/ordered"
)

// mocks stand in for the handlers of a dry run.
type mocks struct {
	kinds   *kinds
	outputs map[string]mock
	// used are the ids of items that have been mocked.
	used map[string]bool
}

// mock is what a mocked action returns.
type mock struct {
	output json.RawMessage
	err    error
}

// mockError is the member that makes an output an error.
const mockError = "$error"

func newMocks(k *kinds, outputs map[string]json.RawMessage) (*mocks, error) {
	m := &mocks{kinds: k, outputs: make(map[string]mock, len(outputs)), used: map[string]bool{}}
	var faults []error
	for _, id := range sortedNames(outputs) {
		mock, err := newMock(outputs[id])
		if err != nil {
			faults = append(faults, fmt.Errorf("output of action %q: %w", id, err))
		}
		m.outputs[id] = mock
	}
	return m, errors.Join(faults...)
}

func newMock(raw json.RawMessage) (mock, error) {
	if isNull(raw) {
		return mock{output: jsonNull}, nil
	}
	if _, err := decodeValue(raw); err != nil {
		return mock{}, err
	}
	members, err := ordered.Parse(raw)
	if err != nil {
		return mock{output: raw}, nil //nolint:nilerr // valid JSON that is not an object is an output as any other
	}
	text, ok := members.Get(mockError)
	switch {
	case !ok:
		return mock{output: raw}, nil
	case len(members) > 1:
		return mock{}, fmt.Errorf("%q stands beside other members; a failing action has no output", mockError)
	case jsonKind(text) != "string":
		return mock{}, fmt.Errorf("%q is of type %s, the text of an error is expected", mockError, jsonKind(text))
	}
	return mock{err: NoRetryError(errors.New(readText(text)))}, nil
}

// real reports whether actions of a kind run for real: those that are a pure function of their inputs and the state.
func (m *mocks) real(kind string) bool {
	r := m.kinds.get(kind)
	return r != nil && (r.logic != nil || r.pure)
}

// replace implements RunInput.Replace.
func (m *mocks) replace(action ActionInfo) Handler {
	if m.real(action.Kind) {
		return nil
	}
	mock, ok := m.outputs[action.ID]
	if !ok && action.Kind == KindForEach && !action.isItem() {
		return nil // what it runs for each item is mocked
	}
	m.used[action.ID] = ok
	if !ok {
		mock.output = jsonNull
	}
	return func(context.Context, *Run, map[string]any) (any, error) { return mock.output, mock.err }
}
