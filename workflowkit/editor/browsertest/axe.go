package browsertest

import (
	"encoding/json"
	"fmt"
	"os"
	"strings"
)

// violation is a finding of axe-core.
type violation struct {
	ID, Impact, Help string
	Nodes            []struct {
		HTML           string
		Target         []any
		FailureSummary string
	}
}

// Accessible fails the test if axe-core finds anything serious or critical on the page. The path is that of axe.min.js, as
// npm installs it. Where it is not installed the check is left out, unless WORKFLOWKIT_REQUIRE_ALL=1 says that nothing may
// be.
func (p *Page) Accessible(path string) {
	p.t.Helper()
	script, err := os.ReadFile(path)
	if err != nil {
		if os.Getenv("WORKFLOWKIT_REQUIRE_ALL") == "1" {
			p.t.Errorf("axe-core is not installed: %v", err)
		}
		p.t.Logf("not checked with axe-core, which npm ci installs: %v", err)
		return
	}
	Eval[bool](p, string(script)+"; true")
	raw := Eval[string](p, `axe.run(document, {resultTypes: ["violations"]}).then(r => JSON.stringify(r.violations))`)
	var found []violation
	if err := json.Unmarshal([]byte(raw), &found); err != nil {
		p.t.Fatalf("axe-core answered %.200s: %v", raw, err)
	}
	for _, v := range found {
		var at strings.Builder
		for i, n := range v.Nodes {
			if i == 5 {
				fmt.Fprintf(&at, "\n  and %d more", len(v.Nodes)-i)
				break
			}
			fmt.Fprintf(&at, "\n  %v %.300s\n    %s", n.Target, n.HTML, strings.ReplaceAll(n.FailureSummary, "\n", "\n    "))
		}
		if v.Impact == "serious" || v.Impact == "critical" {
			p.t.Errorf("axe-core: %s (%s): %s%s", v.ID, v.Impact, v.Help, &at)
		} else {
			p.t.Logf("axe-core: %s (%s): %s%s", v.ID, v.Impact, v.Help, &at)
		}
	}
}
