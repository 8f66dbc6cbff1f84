package actions

import (
	"context"
	"fmt"
	"strings"

	"github.com/workflowkit/workflowkit-go/workflowkit"
)

// stepLoad is the id of the first step of each action.
const stepLoad = "load-blog-post"

// snapshot is what a run keeps of a post: the result of the step that loads it. It holds the one text that the action
// works on and not both, since a run stores the results of all its steps.
type snapshot struct {
	ID      string `json:"id"`
	Title   string `json:"title,omitempty"`
	Status  string `json:"status,omitempty"`
	Version int64  `json:"version"`
	// Text is the working copy, if the action asked for it.
	Text string `json:"text,omitempty"`
	// Revised says that the post has a revision of this run.
	Revised bool `json:"revised,omitempty"`
}

// load reads the post that the run's event is about. The working copy belongs to the run: it is the revision that this
// run has saved, if it has, and the post as it is otherwise.
func (b *blog) load(ctx context.Context, run *workflowkit.Run, withText bool) (snapshot, error) {
	id, err := postOf(run.Event)
	if err != nil {
		return snapshot{}, err
	}
	return workflowkit.Step(ctx, stepLoad, func(ctx context.Context) (snapshot, error) {
		post, err := b.posts.LoadPost(ctx, id)
		if err != nil {
			return snapshot{}, fromPosts(id, err)
		}
		s := snapshot{ID: id, Title: post.Title, Status: post.Status, Version: post.Version}
		s.Revised = post.HasRevision && post.RevisionRun != "" && post.RevisionRun == run.ID
		if withText {
			s.Text = post.Markdown
			if s.Revised {
				s.Text = post.Revision
			}
		}
		return s, nil
	})
}

// change identifies the write of a step.
func (s snapshot) change(run *workflowkit.Run, step string) Change {
	return Change{PostID: s.ID, RunID: run.ID, Key: run.ID + "/" + run.Action.ID + "/" + step, Version: s.Version}
}

// needText reports an error for a post that has nothing to work on.
func (s snapshot) needText() error {
	if strings.TrimSpace(s.Text) == "" {
		return workflowkit.NoRetryError(fmt.Errorf("post %q: %w", s.ID, ErrEmptyPost))
	}
	return nil
}

// needRevision reports an error for a post that this run has not revised: there is nothing that a person could approve,
// and applying nothing would leave the post empty.
func (s snapshot) needRevision() error {
	if !s.Revised {
		return workflowkit.NoRetryError(fmt.Errorf("post %q: %w made by this run; an action that revises the post must come before", s.ID, ErrNoRevision))
	}
	return nil
}
