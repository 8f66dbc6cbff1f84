package local

import (
	"github.com/workflowkit/workflowkit-go/inngest/internal/expr"
)

// function is a registered function. It is replaced as a whole when its app syncs again.
type function struct {
	app      string
	slug     string
	name     string
	id       string // UUID
	url      string
	retries  int
	triggers []trigger
	cron     []schedule
	cancel   []cancelOn

	flowControl
}

type trigger struct {
	event string
	cond  *expr.Program // nil: always
}

type cancelOn struct {
	event   string
	cond    *expr.Program // nil: any event of that name
	timeout string        // empty: a year
}

// maxAttempts is how often each step, and the code between steps, is tried.
func (f *function) maxAttempts() int { return f.retries + 1 }

// triggeredBy reports whether the event starts the function.
func (f *function) triggeredBy(e *event) bool {
	patterns := triggerPatterns(e.name)
	vars := map[string]any{"event": e.payload()}
	for _, t := range f.triggers {
		for _, pattern := range patterns {
			if t.event == pattern && (t.cond == nil || t.cond.True(vars)) {
				return true
			}
		}
	}
	return false
}

func compileOptional(source *string) (*expr.Program, error) {
	if source == nil || *source == "" {
		return nil, nil
	}
	return expr.Compile(*source)
}
