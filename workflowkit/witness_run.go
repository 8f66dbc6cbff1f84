package workflowkit

import "errors"

// loaded tells that the workflow has been loaded, unless there is nothing to do.
func (w *witness) loaded(pin *pinned) {
	if w == nil {
		return
	}
	w.workflow = pin.Workflow
	if pin.Reason == "" && w.isNew(w.own.since) {
		w.tellRunStarted()
	}
}

func (w *witness) tellRunStarted() {
	at := w.now()
	if !w.recovering {
		at = w.memory.runStarted(at)
	}
	if len(w.observers) > 0 {
		w.tell(Transition{Type: RunStarted, Time: at})
	}
}

// loadFailed tells that the run has failed, if its workflow could not be loaded in any attempt.
func (w *witness) loadFailed(err error) {
	var final *StepError
	if w == nil || !errors.As(err, &final) {
		return
	}
	w.finished(&Result{Status: StatusFailed, Error: err.Error()})
}

// finishing tells what other passes should have told, now that this one ends the run. Results that are newer than the
// pass have passes that do not come any more. Older ones had theirs, but it may have been lost, and not been repeated in
// time: nobody knows but the process that has told, so that is told again, and marked.
func (w *witness) finishing() {
	if w == nil || !w.discovers || w.progress == nil || !w.group.racing {
		return
	}
	defer func() { w.recovering = false }()
	later := func(since int) bool {
		w.recovering = since < w.number
		return !w.recovering || len(w.observers) > 0
	}
	if len(w.observers) > 0 && later(w.load.since) {
		w.tellRunStarted()
	}
	for _, i := range w.x.plan.order {
		w.finishNode(i, later)
	}
}

// finishNode tells what led to a node, and what became of it.
func (w *witness) finishNode(i int, later func(since int) bool) {
	for _, edge := range w.x.plan.nodes[i].in {
		since := w.load.since
		if from := w.x.plan.edges[edge].from; from != sourceIndex {
			since = w.x.nodes[from].age.since
		}
		if w.x.edges[edge].decided && later(since) && len(w.observers) > 0 {
			w.tellEdge(edge)
		}
	}
	n := &w.x.nodes[i]
	switch n.status {
	case StatusSkipped:
		if later(n.age.since) && len(w.observers) > 0 {
			w.tellSkipped(i)
		}
	case StatusCompleted, StatusFailed:
		if later(n.age.since) {
			if n.inputs != nil {
				w.tellStarted(i)
			}
			w.tellEnded(i)
		}
	}
}

// finished tells that the run is over, and completes the times of its result.
func (w *witness) finished(r *Result) {
	if w == nil {
		return
	}
	since := w.over()
	isNew := w.isNew(since) || w.discovers && since > w.number
	if isNew {
		w.memory.runFinished(w.now())
	}
	r.Started, r.Finished = w.memory.run()
	if !isNew || len(w.observers) == 0 {
		return
	}
	w.rest(r)
	t := Transition{Type: RunCompleted, Time: r.Finished, Started: r.Started, Error: r.Error, Reason: r.Reason, Result: r}
	switch r.Status {
	case StatusFailed:
		t.Type = RunFailed
	case StatusSkipped:
		t.Type = RunSkipped
	}
	w.tell(t)
}

// rest tells what became of actions and edges that a failed run has not come to.
func (w *witness) rest(r *Result) {
	if w.x == nil || r.Status != StatusFailed {
		return
	}
	for i := range w.x.nodes {
		if w.x.nodes[i].status == "" {
			w.tellSkipped(i)
		}
	}
	for i := range w.x.edges {
		if !w.x.edges[i].decided {
			w.tellEdge(i)
		}
	}
}
