// Package expr evaluates the CEL expressions of Inngest: trigger and wait conditions, cancellation conditions, and the
// keys of concurrency, singleton and idempotency settings.
//
// Inngest's dialect differs from plain CEL where a value is missing. Plain CEL makes the whole expression an error;
// Inngest lets the operator decide, so that `async.data.approved != false` is true for an event without that field:
//
//	missing == null    true            missing == x    false
//	missing != null    false           missing != x    true
//	missing <  x       true            x <  missing    false      (<= likewise)
//	missing >  x       false           x >  missing    true       (>= likewise)
//	missing +  x       x               f(missing)      false
//	size(missing)      0
//
// && and || accept any value and test it for truth as JavaScript does. Everything else is CEL as cel-go defines it.
package expr

import (
	"fmt"
	"sync"

	"cel.dev/cel-go/cel"
)

// CompileError says that an expression is not valid CEL.
type CompileError struct {
	// Source is the expression.
	Source string
	// Err says what is wrong and where.
	Err error
}

// Error implements error.
func (e *CompileError) Error() string { return fmt.Sprintf("expression %q: %v", e.Source, e.Err) }

// Unwrap returns the error of the CEL parser or checker.
func (e *CompileError) Unwrap() error { return e.Err }

// Program is a compiled expression. It is safe for concurrent use.
type Program struct {
	source     string
	program    cel.Program
	restricted error
}

var environment = sync.OnceValues(newEnvironment)

// Compile parses and checks an expression over the variables event and async. Errors are of type *CompileError.
func Compile(source string) (*Program, error) {
	env, err := environment()
	if err != nil {
		return nil, fmt.Errorf("building the expression environment: %w", err)
	}
	if _, issues := env.Compile(source); issues.Err() != nil {
		return nil, &CompileError{Source: source, Err: issues.Err()}
	}
	// Only the types were of interest above. What runs is the unchecked tree, because rewriting replaces operators by
	// functions that take anything.
	parsed, issues := env.Parse(source)
	if issues.Err() != nil {
		return nil, &CompileError{Source: source, Err: issues.Err()}
	}
	tree := parsed.NativeRep()
	restricted := checkRestricted(tree.Expr())
	rewrite(tree.Expr())
	program, err := env.PlanProgram(tree)
	if err != nil {
		return nil, &CompileError{Source: source, Err: err}
	}
	return &Program{source: source, program: program, restricted: restricted}, nil
}

// String returns the source of the expression.
func (p *Program) String() string { return p.source }

// Restricted returns an error if the expression uses macros or functions other than logic and type conversions, which
// Inngest refuses in cancellation conditions.
func (p *Program) Restricted() error { return p.restricted }

// Value evaluates the expression. A value that depends on something missing, or cannot be computed, is false, as on
// Inngest.
func (p *Program) Value(vars map[string]any) any {
	activation := map[string]any{"event": map[string]any{}, "async": map[string]any{}}
	for name, value := range vars {
		activation[name] = value
	}
	out, _, err := p.program.Eval(activation)
	if err != nil || out == nil || isMissing(out) {
		return false
	}
	return out.Value()
}

// True reports whether the expression evaluates to the boolean true.
func (p *Program) True(vars map[string]any) bool {
	b, ok := p.Value(vars).(bool)
	return ok && b
}
