package workflowkit

// result lists what was done in a run that is over (rule 14).
func (x *execution) result(failed *ActionError) *Result {
	info := x.info
	r := &Result{Status: StatusCompleted, Workflow: &info}
	if failed != nil {
		r.Status, r.Error = StatusFailed, failed.Error()
	}
	for _, i := range x.ran {
		r.Actions = append(r.Actions, x.actionResult(i))
	}
	for i := range x.nodes {
		if n := &x.nodes[i]; n.status == StatusSkipped || n.status == "" {
			if n.status == "" {
				n.status, n.reason = StatusSkipped, "the run failed before"
			}
			r.Actions = append(r.Actions, x.actionResult(i))
		}
	}
	for i := range x.edges {
		e, edge := &x.edges[i], x.plan.edges[i].edge
		out := EdgeResult{From: edge.From, To: edge.To, Taken: e.taken, Reason: e.reason}
		if id := edge.ID(); id != edge.From+"->"+edge.To {
			out.ID = id
		}
		if !e.decided {
			out.Reason = "the run failed before"
		}
		r.Edges = append(r.Edges, out)
	}
	return r
}

func (x *execution) actionResult(i int) ActionResult {
	n, action := &x.nodes[i], x.plan.nodes[i].action
	out := ActionResult{
		ID: action.ID, Kind: action.Kind, Name: action.Name, Status: n.status,
		Reason: n.reason, Inputs: n.inputs, Error: n.err,
	}
	if n.status == StatusCompleted {
		out.Output, _ = x.state.rawOutput(action.ID)
	}
	return out
}
