package actions_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/workflowkit/workflowkit-go/actions"
	"github.com/workflowkit/workflowkit-go/workflowkit"
)

func TestNewRefusesWhatIsMissing(t *testing.T) {
	t.Parallel()
	if _, err := actions.New(actions.Config{Model: actions.Offline{}}); err == nil || !strings.Contains(err.Error(), "Posts") {
		t.Errorf("without posts the error is %v", err)
	}
	if _, err := actions.New(actions.Config{Posts: newMemory()}); err == nil || !strings.Contains(err.Error(), "Model") {
		t.Errorf("without a model the error is %v", err)
	}
}

func TestCatalogue(t *testing.T) {
	t.Parallel()
	all, err := actions.New(actions.Config{Posts: newMemory(), Model: actions.Offline{}})
	if err != nil {
		t.Fatal(err)
	}
	specs := make([]workflowkit.Spec, 0, len(all))
	for _, action := range all {
		specs = append(specs, action.Spec())
	}
	got, err := json.MarshalIndent(specs, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	got = append(got, '\n')
	golden := filepath.Join("testdata", "catalogue.json")
	if *update {
		if err := os.MkdirAll("testdata", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(golden, got, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("catalogue (-want +got):\n%s", diff)
	}
	// What the TypeScript application publishes, and its users know.
	known := [][3]string{
		{"add_ToC", "Add a Table of Contents", "Add an AI-generated ToC"},
		{"grammar_review", "Perform a grammar review", "Use OpenAI for grammar fixes"},
		{"wait_for_approval", "Apply changes after approval", "Request approval for changes"},
		{"apply_changes", "Apply changes", "Save the AI revisions"},
		{"generate_linkedin_posts", "Generate LinkedIn posts", "Generate LinkedIn posts"},
		{"generate_tweet_posts", "Generate Twitter posts", "Generate Twitter posts"},
	}
	if len(specs) != len(known) {
		t.Fatalf("%d actions, want %d", len(specs), len(known))
	}
	for i, spec := range specs {
		if got := [3]string{spec.Kind, spec.Name, spec.Description}; got != known[i] {
			t.Errorf("action %d is %q, want %q", i, got, known[i])
		}
		for _, input := range spec.Inputs {
			if input.Required {
				t.Errorf("input %q of %s is required; stored workflows have no inputs", input.Name, spec.Kind)
			}
		}
	}
}
