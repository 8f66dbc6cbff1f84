package examples_test

import (
	"os/exec"
	"strings"
	"testing"
)

const module = "github.com/workflowkit/workflowkit-go/"

// TestDependencies holds the direction in which packages depend on each other:
//
//	examples -> {inngest, loader, actions} -> workflowkit
func TestDependencies(t *testing.T) {
	t.Parallel()
	cases := map[string]struct {
		pkg string
		// own are the packages of this module that it may depend on, by prefix.
		own []string
		// foreign are modules that it must not depend on, by prefix.
		foreign []string
	}{
		"the engine knows no server, router, database or text model": {
			pkg: "workflowkit", own: []string{"workflowkit"},
			foreign: []string{"github.com/inngest/", "github.com/gorilla/", "gorm.io/", "github.com/openai/", "github.com/ncruces/"},
		},
		"inngest knows the engine only": {
			pkg: "inngest", own: []string{"workflowkit", "inngest"},
			foreign: []string{"gorm.io/", "github.com/openai/", "github.com/ncruces/"},
		},
		"the in-process server knows no engine": {
			pkg: "inngest/local", own: []string{"inngest/local", "inngest/internal"},
			foreign: []string{"github.com/inngest/", "github.com/gorilla/", "gorm.io/", "github.com/openai/"},
		},
		"loader knows the engine only": {
			pkg: "loader", own: []string{"workflowkit", "loader"},
			foreign: []string{"github.com/inngest/", "github.com/gorilla/", "github.com/openai/"},
		},
		"actions know the engine only": {
			pkg: "actions", own: []string{"workflowkit", "actions"},
			foreign: []string{"github.com/inngest/", "github.com/gorilla/", "gorm.io/", "github.com/ncruces/"},
		},
		"the editor knows the engine only": {
			pkg: "workflowkit/editor", own: []string{"workflowkit"},
			foreign: []string{"github.com/inngest/", "github.com/gorilla/", "gorm.io/", "github.com/openai/", "github.com/chromedp/"},
		},
		"the test kit knows the engine only": {
			pkg: "workflowkit/workflowkittest", own: []string{"workflowkit"},
			foreign: []string{"github.com/inngest/", "github.com/gorilla/", "gorm.io/", "github.com/openai/"},
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, dep := range dependencies(t, module+tc.pkg) {
				if own, ok := strings.CutPrefix(dep, module); ok && !hasPrefix(own+"/", tc.own, "/") {
					t.Errorf("%s depends on %s", tc.pkg, own)
				}
				if hasPrefix(dep, tc.foreign, "") {
					t.Errorf("%s depends on %s", tc.pkg, dep)
				}
			}
		})
	}
}

func hasPrefix(s string, prefixes []string, suffix string) bool {
	for _, p := range prefixes {
		if strings.HasPrefix(s, p+suffix) {
			return true
		}
	}
	return false
}

func dependencies(t *testing.T, pkg string) []string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "go", "list", "-deps", pkg)
	var problems strings.Builder
	cmd.Stderr = &problems
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list -deps %s: %v\n%s", pkg, err, problems.String())
	}
	deps := strings.Fields(string(out))
	if len(deps) < 10 {
		t.Fatalf("go list -deps %s gave %d packages only", pkg, len(deps))
	}
	return deps
}
