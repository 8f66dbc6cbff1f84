package workflowkit

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
)

// pinned is what the first step of a run stores: the definition that the run keeps to its end (rule 10).
type pinned struct {
	Workflow   *WorkflowInfo   `json:"workflow,omitempty"`
	Reason     string          `json:"reason,omitempty"`
	Definition json.RawMessage `json:"definition,omitempty"`
	Problems   Problems        `json:"problems,omitempty"`
	// NeverWaits lists the kinds of the workflow's actions that declared so when the run began. How a fork is scheduled
	// depends on it, and a run that has begun one way must not go on another way after a deployment.
	NeverWaits []string `json:"neverWaits,omitempty"`

	never map[string]bool
}

// LoadStepID is the step that loads and pins the definition: the first of a run. It has no effects, so a backend may
// execute it again as long as no step after it has a result that is stored.
const LoadStepID = "$load"

// maxPinnedProblems is how many findings a run stores. The result of a step has a limit.
const maxPinnedProblems = 100

// pin loads and validates the definition in the run's first step, and returns the plan if there is something to do.
func (e *Engine) pin(ctx context.Context, tools Tools, in RunInput) (*pinned, *plan, error) {
	if in.Definition == nil && e.loader == nil {
		return nil, nil, NoRetryError(errors.New("run workflow: the engine has no loader; set one with WithLoader"))
	}
	if ctx.Err() != nil {
		return nil, nil, context.Cause(ctx)
	}
	raw, err := tools.Run(ctx, LoadStepID, func(ctx context.Context) (json.RawMessage, error) {
		pin, err := e.load(ctx, in)
		if err != nil {
			return nil, err
		}
		return pin.marshal()
	})
	switch {
	case errors.Is(err, ErrSuspended):
		return nil, nil, err
	case err != nil && ctx.Err() != nil:
		return nil, nil, context.Cause(ctx)
	case err != nil:
		return nil, nil, fmt.Errorf("load workflow for event %q: %w", in.Event.Name, err)
	}
	return e.unpin(raw)
}

// unpin reads what the first step has stored. Every pass does, so the outcome is kept.
func (e *Engine) unpin(raw json.RawMessage) (*pinned, *plan, error) {
	key := e.plans.key(raw)
	if entry := e.plans.get(key, raw); entry != nil && entry.pinned != nil {
		return entry.pinned, entry.plan, nil
	}
	raw = bytes.Clone(raw)
	pin := &pinned{}
	if err := json.Unmarshal(raw, pin); err != nil {
		return nil, nil, NoRetryError(fmt.Errorf("read the pinned workflow: %w", err))
	}
	pin.never = make(map[string]bool, len(pin.NeverWaits))
	for _, kind := range pin.NeverWaits {
		pin.never[kind] = true
	}
	entry := &cacheEntry{key: key, text: raw, pinned: pin}
	if len(pin.Definition) > 0 {
		p, problems := e.compile(pin.Definition)
		if p == nil {
			// The definition was valid where the run started. Another process may know what this one does not.
			return nil, nil, elsewhere(problems)
		}
		entry.plan = p
	}
	e.plans.put(entry)
	return pin, entry.plan, nil
}

// elsewhere is the error of a workflow that another process may be able to run. It is to be tried again.
func elsewhere(problems Problems) error {
	return fmt.Errorf("workflow cannot run in this process: %s", problems.text())
}

// load asks the loader and judges what it returns.
func (e *Engine) load(ctx context.Context, in RunInput) (pin *pinned, err error) {
	defer func() {
		if r := recover(); r != nil {
			pin, err = nil, panicked(e.logger.With("run_id", in.RunID), "loader", r)
		}
	}()
	definition := in.Definition
	if definition == nil {
		if definition, err = e.loader.LoadWorkflow(ctx, in.Event); err != nil {
			return nil, err
		}
	}
	if definition == nil {
		return &pinned{Reason: fmt.Sprintf("no enabled workflow for event %q", in.Event.Name)}, nil
	}
	return e.judge(definition)
}

// judge compiles a definition as it is going to be pinned.
func (e *Engine) judge(definition *Definition) (*pinned, error) {
	info := &WorkflowInfo{ID: definition.ID, Version: definition.Version}
	if isNull(definition.JSON) {
		return &pinned{Workflow: info, Reason: noDefinition(definition.ID)}, nil
	}
	stored, p, problems := e.compileStored(definition.JSON)
	if p == nil && e.rolling && problems.onlyKinds() {
		return nil, elsewhere(problems)
	}
	if p == nil {
		return &pinned{Workflow: info, Problems: problems.Errors().capped(maxPinnedProblems)}, nil
	}
	info.Name, info.Hash = p.info.Name, p.info.Hash
	return &pinned{Workflow: info, Definition: stored, NeverWaits: p.neverWaiting()}, nil
}

// compileStored compiles a definition in the compact form in which it is stored, so that replays find the plan.
func (e *Engine) compileStored(definition json.RawMessage) (json.RawMessage, *plan, Problems) {
	key := e.plans.key(definition)
	if entry := e.plans.get(key, definition); entry != nil && entry.stored != nil {
		return entry.stored, entry.plan, entry.problems
	}
	const most = 4 // times the limit: more cannot be spaces that people have put there
	if len(definition) > most*e.limits.Bytes {
		return nil, nil, e.limits.checkDocument(definition)
	}
	stored := bytes.Clone(definition)
	var compact bytes.Buffer
	if json.Compact(&compact, stored) == nil {
		stored = compact.Bytes()
	}
	p, problems := e.compile(stored)
	e.plans.put(&cacheEntry{key: key, text: bytes.Clone(definition), plan: p, problems: problems, stored: stored})
	return stored, p, problems
}

// marshal writes what is pinned. The definition is compact JSON already.
func (p *pinned) marshal() (json.RawMessage, error) {
	if len(p.Definition) == 0 {
		return marshalPlain(p)
	}
	head := *p
	head.Definition = nil
	out, err := marshalPlain(&head)
	if err != nil {
		return nil, err
	}
	out = out[:len(out)-1]
	if len(out) > 1 {
		out = append(out, ',')
	}
	out = append(out, `"definition":`...)
	return append(append(out, p.Definition...), '}'), nil
}

// marshalPlain marshals a value without the escapes for HTML, which would make a definition another one.
func marshalPlain(value any) (json.RawMessage, error) {
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(value); err != nil {
		return nil, NoRetryError(fmt.Errorf("marshal output: %w", err))
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), nil
}

func noDefinition(id string) string { return fmt.Sprintf("workflow %q has no definition yet", id) }
