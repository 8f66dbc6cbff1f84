package loader

import (
	"slices"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"github.com/workflowkit/workflowkit-go/workflowkit"
)

// writeRows is how many rows one statement inserts: SQLite and Postgres bound the number of values.
const writeRows = 500

// runNeeds says what of the runs is read before they are changed.
type runNeeds struct {
	runs []string
	// actions are those that are changed, in any of the runs.
	actions []string
	// whole are the runs of which all actions and edges are needed.
	whole []string
}

func needsOf(entries []*historyEntry) runNeeds {
	var needs runNeeds
	add := func(list *[]string, id string) {
		if !slices.Contains(*list, id) {
			*list = append(*list, id)
		}
	}
	for _, e := range entries {
		add(&needs.runs, e.RunID)
		switch {
		case ends(e.Type):
			add(&needs.whole, e.RunID)
		case e.Type != workflowkit.RunStarted && e.Edge == nil:
			add(&needs.actions, e.Action.ID)
		}
	}
	return needs
}

// Columns of which only is known whether there is a value: it may be large.
const (
	runColumns = `id, workflow_id, version, status, event, CASE WHEN event_data IS NULL THEN NULL ELSE '' END AS event_data,
		error, reason, started_at_ms, finished_at_ms, changed_at_ms, sequence, reconciled, actions, edges, running, waiting, retrying`
	actionColumns = `run_id, action_id, position, kind, name, status, attempt, step_id, until_ms,
		CASE WHEN inputs IS NULL THEN NULL ELSE '' END AS inputs, CASE WHEN output IS NULL THEN NULL ELSE '' END AS output,
		error, reason, started_at_ms, finished_at_ms`
)

func readRuns(tx *gorm.DB, needs runNeeds) (map[string]*runState, error) {
	runs := make(map[string]*runState, len(needs.runs))
	for _, id := range needs.runs {
		runs[id] = &runState{row: runRow{ID: id}, actions: map[string]*actionState{}}
	}
	var rows []runRow
	if err := tx.Select(runColumns).Where("id IN ?", needs.runs).Find(&rows).Error; err != nil {
		return nil, err
	}
	whole := needs.whole
	for _, row := range rows {
		runs[row.ID].row, runs[row.ID].known = row, true
		if row.Status.Over() && !row.Reconciled && !slices.Contains(whole, row.ID) {
			whole = append(whole, row.ID)
		}
	}
	if len(rows) == 0 {
		return runs, nil
	}
	var actions []actionRow
	err := tx.Select(actionColumns).Where("run_id IN ?", needs.runs).
		Where("action_id IN ? OR run_id IN ?", needs.actions, whole).Find(&actions).Error
	if err != nil {
		return nil, err
	}
	for _, a := range actions {
		runs[a.RunID].actions[a.ActionID] = &actionState{actionRow: a}
	}
	if len(whole) == 0 {
		return runs, nil
	}
	var edges []edgeRow
	if err := tx.Where("run_id IN ?", whole).Find(&edges).Error; err != nil {
		return nil, err
	}
	for _, e := range edges {
		runs[e.RunID].edges = append(runs[e.RunID].edges, e)
	}
	return runs, nil
}

func saveRuns(tx *gorm.DB, runs []*runState) error {
	var (
		rows    []runRow
		actions []actionRow
		edges   []edgeRow
		over    []string
	)
	for _, s := range runs {
		rows = append(rows, s.row)
		for _, a := range s.actions {
			if a.changed {
				actions = append(actions, a.actionRow)
			}
		}
		edges = append(edges, s.newEdges...)
		if s.row.Status.Over() {
			over = append(over, s.row.ID)
		}
	}
	if len(rows) > 0 {
		if err := tx.Clauses(runUpsert).CreateInBatches(rows, writeRows).Error; err != nil {
			return err
		}
	}
	if len(actions) > 0 {
		if err := tx.Clauses(actionUpsert).CreateInBatches(actions, writeRows).Error; err != nil {
			return err
		}
	}
	if len(edges) > 0 {
		if err := tx.CreateInBatches(edges, writeRows).Error; err != nil {
			return err
		}
	}
	if len(over) == 0 {
		return nil
	}
	return tx.Where("run_id IN ?", over).Delete(&keyRow{}).Error
}

var (
	runUpsert = clause.OnConflict{
		Columns: []clause.Column{{Name: "id"}},
		DoUpdates: append(clause.AssignmentColumns([]string{
			"workflow_id", "version", "status", "event", "error", "reason", "started_at_ms", "finished_at_ms", "changed_at_ms",
			"sequence", "reconciled", "actions", "edges", "running", "waiting", "retrying",
		}), unlessUnread("workflowkit_runs", "event_data")),
	}
	actionUpsert = clause.OnConflict{
		Columns: []clause.Column{{Name: "run_id"}, {Name: "action_id"}},
		DoUpdates: append(clause.AssignmentColumns([]string{
			"kind", "name", "status", "attempt", "step_id", "until_ms", "error", "reason", "started_at_ms", "finished_at_ms",
		}), unlessUnread("workflowkit_run_actions", "inputs"), unlessUnread("workflowkit_run_actions", "output")),
	}
)

// unlessUnread writes a value that was read or is new, and keeps the one that is stored otherwise.
func unlessUnread(table, column string) clause.Assignment {
	return clause.Assignment{Column: clause.Column{Name: column}, Value: gorm.Expr(
		"CASE WHEN excluded." + column + " = '' THEN " + table + "." + column + " ELSE excluded." + column + " END",
	)}
}
