package local

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/workflowkit/workflowkit-go/inngest/internal/expr"
)

type limit struct {
	max   int
	key   *expr.Program // nil: one count for all
	scope string        // "fn", "env" or "account"
	hash  string
}

type wireLimit struct {
	Limit int     `json:"limit"`
	Key   *string `json:"key"`
	Scope string  `json:"scope"`
}

// setConcurrency reads the option, which is a number, one limit, a list of limits, or limits for runs and for steps.
func (f *function) setConcurrency(raw json.RawMessage) error {
	if len(raw) == 0 || string(raw) == "null" {
		return nil
	}
	var number int
	if json.Unmarshal(raw, &number) == nil {
		return f.addLimits(&f.stepLimits, []wireLimit{{Limit: number}})
	}
	var list []wireLimit
	if json.Unmarshal(raw, &list) == nil {
		return f.addLimits(&f.stepLimits, list)
	}
	var both struct {
		Fn   []wireLimit `json:"fn"`
		Step []wireLimit `json:"step"`
		wireLimit
	}
	if err := json.Unmarshal(raw, &both); err != nil {
		return err
	}
	if len(both.Fn) == 0 && len(both.Step) == 0 {
		return f.addLimits(&f.stepLimits, []wireLimit{both.wireLimit})
	}
	if len(both.Fn) > 1 {
		return errors.New("only one function concurrency limit is allowed")
	}
	for _, l := range both.Fn {
		if l.Limit <= 0 {
			return errors.New("a function concurrency limit must be positive")
		}
	}
	return errors.Join(f.addLimits(&f.runLimits, both.Fn), f.addLimits(&f.stepLimits, both.Step))
}

func (f *function) addLimits(to *[]limit, list []wireLimit) error {
	if len(list) > 2 {
		return errors.New("more than 2 concurrency limits")
	}
	for _, in := range list {
		key, err := compileOptional(in.Key)
		if err != nil {
			return err
		}
		scope := strings.ToLower(in.Scope)
		if scope == "" {
			scope = "fn"
		}
		if scope != "fn" && scope != "env" && scope != "account" {
			return fmt.Errorf("unknown scope %q", scope)
		}
		if scope != "fn" && key == nil {
			return fmt.Errorf("a key must be given for limits of scope %q", scope)
		}
		if in.Limit <= 0 {
			continue // no limit
		}
		hash := ""
		if key != nil {
			hash = key.String()
		}
		*to = append(*to, limit{max: in.Limit, key: key, scope: scope, hash: hash})
	}
	return nil
}

// slot names the count that the limit refers to for a run.
func (l limit) slot(f *function, vars map[string]any) string {
	owner := l.scope
	if l.scope == "fn" {
		owner = f.id
	}
	if l.key == nil {
		return owner
	}
	return fmt.Sprintf("%s/%s/%v", owner, l.hash, l.key.Value(vars))
}
