package workflowkit

import (
	"encoding/json"
	"fmt"
	"sort"

	"github.com/workflowkit/workflowkit-go/workflowkit/internal/jsonvalue"
)

// maxProblems is how many findings are listed. A workflow can be made to have millions.
const maxProblems = 1000

// inOrder sorts findings by where they stand in the document.
func (ps Problems) inOrder(document json.RawMessage) Problems {
	if len(ps) > 1 {
		pointers := make([]string, len(ps))
		for i := range ps {
			pointers[i] = ps[i].Path
		}
		offsets := jsonvalue.Offsets(document, pointers)
		sort.SliceStable(ps, func(i, j int) bool { return offsets[ps[i].Path] < offsets[ps[j].Path] })
	}
	return ps.capped(maxProblems)
}

// capped returns at most so many findings, and one that says how many are left out. Errors are not left out for
// warnings.
func (ps Problems) capped(most int) Problems {
	if len(ps) <= most {
		return ps
	}
	errors := 0
	for i := range ps {
		if ps[i].Severity == SeverityError {
			errors++
		}
	}
	warnings := max(most-errors, 0)
	out := make(Problems, 0, most+1)
	for _, p := range ps {
		if p.Severity != SeverityError {
			if warnings == 0 {
				continue
			}
			warnings--
		}
		if len(out) == most {
			break
		}
		out = append(out, p)
	}
	severity := SeverityWarning
	if out.failed() {
		severity = SeverityError
	}
	return append(out, Problem{
		Code: CodeMore, Severity: severity, Message: fmt.Sprintf("%d more findings are not listed", len(ps)-len(out)),
		Hint: "mend these first",
	})
}
