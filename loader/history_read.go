package loader

import (
	"context"
	"encoding/base64"
	"fmt"
	"strconv"
	"strings"

	"github.com/workflowkit/workflowkit-go/workflowkit/store"
)

const (
	defaultPage = 50
	maxPage     = 200
)

// ListRuns implements store.Runs.
func (h *History) ListRuns(ctx context.Context, query store.RunQuery) (store.RunPage, error) {
	limit := query.Limit
	if limit <= 0 {
		limit = defaultPage
	}
	limit = min(limit, maxPage)
	tx := h.db.read(ctx).Select(runColumns).Order("started_at_ms DESC, id DESC").Limit(limit + 1)
	if query.WorkflowID != "" {
		tx = tx.Where("workflow_id = ?", query.WorkflowID)
	}
	if query.Status != "" {
		tx = tx.Where("status = ?", query.Status)
	}
	if query.After != "" {
		at, id, err := parseCursor(query.After)
		if err != nil {
			return store.RunPage{}, fmt.Errorf("list runs: %w", err)
		}
		tx = tx.Where("started_at_ms < ? OR (started_at_ms = ? AND id < ?)", at, at, id)
	}
	var rows []runRow
	if err := tx.Find(&rows).Error; err != nil {
		return store.RunPage{}, wrap(ctx, err, "list runs")
	}
	page := store.RunPage{Runs: make([]store.Run, 0, len(rows))}
	for i, row := range rows {
		if i == limit {
			page.Next = cursorOf(rows[i-1])
			break
		}
		page.Runs = append(page.Runs, row.run())
	}
	return page, nil
}

// A cursor names the last run of a page.
func cursorOf(r runRow) string {
	return base64.RawURLEncoding.EncodeToString([]byte(strconv.FormatInt(r.StartedAtMS, 10) + "/" + r.ID))
}

func parseCursor(cursor string) (at int64, id string, err error) {
	text, err := base64.RawURLEncoding.DecodeString(cursor)
	if err == nil {
		ms, rest, ok := strings.Cut(string(text), "/")
		if at, err = strconv.ParseInt(ms, 10, 64); ok && err == nil && checkText("cursor", rest) == nil {
			return at, rest, nil
		}
	}
	return 0, "", fmt.Errorf("%w cursor %q: it must be the Next of a page", ErrInvalid, clip(cursor))
}

// GetRun implements store.Runs.
func (h *History) GetRun(ctx context.Context, id string) (store.Run, error) {
	if checkText("run id", id) != nil {
		return store.Run{}, fmt.Errorf("run %q: %w", clip(id), ErrNotFound)
	}
	// The run is read first: what is read after it is as new as its sequence says, or newer.
	var row runRow
	if err := h.db.read(ctx).Where("id = ?", id).Take(&row).Error; err != nil {
		return store.Run{}, wrap(ctx, err, "run %q", clip(id))
	}
	var actions []actionRow
	if err := h.db.read(ctx).Where("run_id = ?", id).Order("position").Find(&actions).Error; err != nil {
		return store.Run{}, wrap(ctx, err, "actions of run %q", clip(id))
	}
	var edges []edgeRow
	if err := h.db.read(ctx).Where("run_id = ?", id).Order("position").Find(&edges).Error; err != nil {
		return store.Run{}, wrap(ctx, err, "edges of run %q", clip(id))
	}
	run := row.run()
	for _, a := range actions {
		run.Actions = append(run.Actions, a.action())
	}
	for _, e := range edges {
		run.Edges = append(run.Edges, e.edge())
	}
	return run, nil
}
