package cms

import (
	"context"
	"errors"
	"fmt"
	"strconv"

	"github.com/workflowkit/workflowkit-go/actions"
	"github.com/workflowkit/workflowkit-go/loader"
	"github.com/workflowkit/workflowkit-go/workflowkit"
)

// posts gives the actions the posts of the database. The two packages do not know each other: their ids and errors
// differ, and an application with other tables writes an adapter like this one.
type posts struct{ db *loader.DB }

var _ actions.Posts = posts{}

// LoadPost implements actions.Posts.
func (p posts) LoadPost(ctx context.Context, id string) (actions.Post, error) {
	number, err := loader.ParseID(id)
	if err != nil {
		return actions.Post{}, noSuchPost(id)
	}
	return toActions(p.db.Post(ctx, number))
}

// SaveRevision implements actions.Posts.
func (p posts) SaveRevision(ctx context.Context, c actions.Change, markdown string) (actions.Post, error) {
	return p.change(c, func(c loader.Change) (loader.Post, error) { return p.db.SaveRevision(ctx, c, markdown) })
}

// RequestApproval implements actions.Posts.
func (p posts) RequestApproval(ctx context.Context, c actions.Change) (actions.Post, error) {
	return p.change(c, func(c loader.Change) (loader.Post, error) { return p.db.RequestApproval(ctx, c) })
}

// ApplyRevision implements actions.Posts.
func (p posts) ApplyRevision(ctx context.Context, c actions.Change) (actions.Post, error) {
	return p.change(c, func(c loader.Change) (loader.Post, error) { return p.db.ApplyRevision(ctx, c) })
}

// DiscardRevision implements actions.Posts.
func (p posts) DiscardRevision(ctx context.Context, c actions.Change, reason string) (actions.Post, error) {
	return p.change(c, func(c loader.Change) (loader.Post, error) { return p.db.DiscardRevision(ctx, c, reasonOf(reason)) })
}

// AppendRecommendations implements actions.Posts.
func (p posts) AppendRecommendations(ctx context.Context, c actions.Change, heading, text string) (actions.Post, error) {
	return p.change(c, func(c loader.Change) (loader.Post, error) {
		return p.db.AppendRecommendations(ctx, c, heading, text)
	})
}

func (p posts) change(c actions.Change, write func(loader.Change) (loader.Post, error)) (actions.Post, error) {
	id, err := loader.ParseID(c.PostID)
	if err != nil {
		return actions.Post{}, noSuchPost(c.PostID)
	}
	return toActions(write(loader.Change{PostID: id, RunID: c.RunID, Key: c.Key, Version: c.Version}))
}

func noSuchPost(id string) error { return fmt.Errorf("id %q: %w", id, actions.ErrPostNotFound) }

func toActions(post loader.Post, err error) (actions.Post, error) {
	switch {
	case err == nil:
	case errors.Is(err, loader.ErrNotFound):
		return actions.Post{}, fmt.Errorf("%w: %w", actions.ErrPostNotFound, err)
	case errors.Is(err, loader.ErrChanged):
		return actions.Post{}, fmt.Errorf("%w: %w", actions.ErrPostChanged, err)
	case errors.Is(err, loader.ErrNoRevision):
		return actions.Post{}, fmt.Errorf("%w: %w", actions.ErrNoRevision, err)
	case errors.Is(err, loader.ErrInvalid):
		return actions.Post{}, workflowkit.NoRetryError(err) // what cannot be stored now cannot be stored later
	default:
		return actions.Post{}, err
	}
	out := actions.Post{
		ID: strconv.FormatInt(post.ID, 10), Title: post.Title, Subtitle: post.Subtitle, Status: post.Status,
		Markdown: post.Markdown, RevisionRun: post.RevisionRun, Version: post.Version,
	}
	if post.Revision != nil {
		out.Revision, out.HasRevision = *post.Revision, true
	}
	if post.Recommendations != nil {
		out.Recommendations = *post.Recommendations
	}
	return out, nil
}
