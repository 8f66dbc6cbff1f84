package workflowkit_test

import (
	"strings"
	"testing"

	"github.com/workflowkit/workflowkit-go/workflowkit"
	"github.com/workflowkit/workflowkit-go/workflowkit/workflowkittest"
)

// Rule 10 in a fleet that is updated one process after another.
func TestRollingCatalog(t *testing.T) {
	t.Parallel()
	const newer = `{"actions":[{"id":"1","kind":"newer"}],"edges":[{"from":"$source","to":"1"}]}`
	const broken = `{"actions":[{"id":"1","kind":"newer"}],"edges":[{"from":"$source","to":"1"},{"from":"1","to":"nowhere"}]}`
	for name, tc := range map[string]struct {
		options    []workflowkit.Option
		definition string
		attempts   int
	}{
		"an unknown kind fails the run at once":            {nil, newer, 1},
		"in a fleet it may be known elsewhere":             {[]workflowkit.Option{workflowkit.WithRollingCatalog()}, newer, 3},
		"what is wrong everywhere fails the run at once":   {[]workflowkit.Option{workflowkit.WithRollingCatalog()}, broken, 1},
		"so it does without the option, with all its ills": {nil, broken, 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			engine, err := workflowkit.New(append(tc.options, quiet())...)
			if err != nil {
				t.Fatal(err)
			}
			result, err := workflowkittest.Run(t.Context(), engine, workflowkit.Event{Name: "e"},
				workflowkittest.WithWorkflow(tc.definition), workflowkittest.WithRetries(2))
			if err == nil || !strings.Contains(err.Error(), `unknown kind "newer"`) {
				t.Errorf("error is %v", err)
			}
			if step, _ := result.Step("$load"); step.Attempts != tc.attempts {
				t.Errorf("rule 10: %d attempts to load, want %d", step.Attempts, tc.attempts)
			}
		})
	}
}
