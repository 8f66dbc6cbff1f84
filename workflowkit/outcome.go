package workflowkit

import "fmt"

// result lists what was done in a run that is over (rule 14).
func (x *execution) result(failed *ActionError) *Result {
	info := x.info.Workflow
	r := &Result{Status: StatusCompleted, Workflow: &info}
	if failed != nil {
		r.Status, r.Error = StatusFailed, failed.Error()
	}
	r.Actions = make([]ActionResult, 0, len(x.nodes))
	for _, i := range x.ran {
		r.Actions = append(r.Actions, x.actionResult(i))
	}
	for i := range x.nodes {
		if status := x.nodes[i].status; status == StatusSkipped || status == "" {
			r.Actions = append(r.Actions, x.actionResult(i))
		}
	}
	r.Edges = make([]EdgeResult, 0, len(x.edges))
	for i := range x.edges {
		r.Edges = append(r.Edges, x.edgeResult(i))
	}
	return r
}

func (x *execution) edgeResult(i int) EdgeResult {
	edge := &x.plan.edges[i]
	return EdgeResult{
		ID: edge.id, From: x.plan.id(edge.from), To: x.plan.id(edge.to), Taken: x.edges[i].taken, Reason: x.edgeReason(i),
	}
}

// edgeReason says why an edge was decided as it was.
func (x *execution) edgeReason(i int) string {
	e, edge := &x.edges[i], &x.plan.edges[i]
	source := func() string { return x.plan.nodes[edge.from].action.ID }
	switch {
	case e.decided && (edge.from == sourceIndex || x.nodes[edge.from].status == StatusCompleted):
		if x.shown != nil {
			if found, hidden := x.shown.found(i); hidden {
				return edge.condition.secretReason(e.taken, found)
			}
		}
		return edge.condition.reason(e.taken, x.found[i])
	case e.decided && e.taken:
		return fmt.Sprintf("error: action %q failed", source())
	case e.decided && x.nodes[edge.from].status == StatusFailed:
		return fmt.Sprintf("action %q failed", source())
	case e.decided:
		return fmt.Sprintf("action %q was skipped", source())
	case x.nodes[edge.from].status == StatusFailed:
		return fmt.Sprintf("action %q failed", source())
	}
	return fmt.Sprintf("action %q did not run", source())
}

func (x *execution) actionResult(i int) ActionResult {
	n, action := &x.nodes[i], &x.plan.nodes[i].action
	out := ActionResult{
		ID: action.ID, Kind: action.Kind, Name: action.Name, Status: n.status, Inputs: x.redactedInputs(i), Error: x.errors[i],
	}
	switch n.status {
	case StatusCompleted:
		out.Output = x.redactedOutput(i)
	case StatusSkipped, "":
		out.Status, out.Reason = StatusSkipped, x.skipReason(i)
	}
	if n.status != "" && x.witness != nil {
		out.Started, out.Finished = x.witness.times(i)
	}
	return out
}

// skipReason says why an action did not run.
func (x *execution) skipReason(i int) string {
	if x.nodes[i].status == StatusSkipped {
		return "no edge to it was taken"
	}
	return "the run failed before"
}
