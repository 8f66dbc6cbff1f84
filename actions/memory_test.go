package actions_test

import (
	"context"
	"sync"

	"github.com/workflowkit/workflowkit-go/actions"
)

// memory keeps posts as [actions.Posts] demands.
type memory struct {
	mu      sync.Mutex
	posts   map[string]actions.Post
	applied map[string]bool
	// reason is what the last revision was discarded for.
	reason string
	// changes are the writes that were asked for, repeated ones included.
	changes []actions.Change
	// onApproval is called when the status "needs approval" is visible.
	onApproval func()
}

var _ actions.Posts = (*memory)(nil)

func newMemory(posts ...actions.Post) *memory {
	m := &memory{posts: make(map[string]actions.Post), applied: make(map[string]bool)}
	for _, post := range posts {
		m.posts[post.ID] = post
	}
	return m
}

func (m *memory) get(id string) actions.Post {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.posts[id]
}

// edit changes a post as a person would, behind the back of runs.
func (m *memory) edit(id, markdown string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	post := m.posts[id]
	post.Markdown = markdown
	post.Version++
	m.posts[id] = post
}

func (m *memory) LoadPost(ctx context.Context, id string) (actions.Post, error) {
	if err := ctx.Err(); err != nil {
		return actions.Post{}, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	post, ok := m.posts[id]
	if !ok {
		return actions.Post{}, actions.ErrPostNotFound
	}
	return post, nil
}

// write makes one change, once for each key.
func (m *memory) write(c actions.Change, sameVersion bool, change func(*actions.Post) error) (actions.Post, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.changes = append(m.changes, c)
	post, ok := m.posts[c.PostID]
	if !ok {
		return actions.Post{}, actions.ErrPostNotFound
	}
	if m.applied[c.Key] {
		return post, nil
	}
	if sameVersion && post.Version != c.Version {
		return actions.Post{}, actions.ErrPostChanged
	}
	if err := change(&post); err != nil {
		return actions.Post{}, err
	}
	m.applied[c.Key] = true
	m.posts[c.PostID] = post
	return post, nil
}

func (m *memory) SaveRevision(_ context.Context, c actions.Change, markdown string) (actions.Post, error) {
	return m.write(c, true, func(p *actions.Post) error {
		p.Revision, p.HasRevision, p.RevisionRun = markdown, true, c.RunID
		p.Status = actions.StatusUnderReview
		p.Version++
		return nil
	})
}

func (m *memory) RequestApproval(_ context.Context, c actions.Change) (actions.Post, error) {
	post, err := m.write(c, false, func(p *actions.Post) error {
		switch {
		case !p.HasRevision:
			return actions.ErrNoRevision
		case p.RevisionRun != c.RunID:
			return actions.ErrPostChanged
		}
		p.Status = actions.StatusNeedsApproval
		return nil
	})
	if err == nil && m.onApproval != nil {
		m.onApproval()
	}
	return post, err
}

func (m *memory) ApplyRevision(_ context.Context, c actions.Change) (actions.Post, error) {
	return m.write(c, true, func(p *actions.Post) error {
		if !p.HasRevision {
			return actions.ErrNoRevision
		}
		p.Markdown, p.Revision, p.HasRevision, p.RevisionRun = p.Revision, "", false, ""
		p.Status = actions.StatusPublished
		p.Version++
		return nil
	})
}

func (m *memory) DiscardRevision(_ context.Context, c actions.Change, reason string) (actions.Post, error) {
	return m.write(c, false, func(p *actions.Post) error {
		p.Revision, p.HasRevision, p.RevisionRun = "", false, ""
		p.Status = actions.StatusDraft
		p.Version++
		m.reason = reason
		return nil
	})
}

func (m *memory) AppendRecommendations(_ context.Context, c actions.Change, heading, text string) (actions.Post, error) {
	return m.write(c, false, func(p *actions.Post) error {
		if p.Recommendations != "" {
			p.Recommendations += "\n\n"
		}
		p.Recommendations += "## " + heading + "\n\n" + text
		return nil
	})
}
