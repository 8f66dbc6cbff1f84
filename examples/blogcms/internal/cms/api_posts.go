package cms

import (
	"encoding/json"
	"errors"
	"net/http"
	"strconv"

	"github.com/workflowkit/workflowkit-go/loader"
)

// postBody is a post as a client sends it. It has all fields of a post, so that what was read can be sent back changed;
// those that cannot be changed here must then be as they are.
type postBody struct {
	Title    *string `json:"title"`
	Subtitle *string `json:"subtitle"`
	Markdown *string `json:"markdown"`
	// Status can be chosen for a new post only.
	Status *string `json:"status"`
	// Version is the version that the client has seen. Nil means that the change is made in any case.
	Version *int64 `json:"version"`

	ID              *int64          `json:"id"`
	CreatedAt       json.RawMessage `json:"created_at"` // ignored, since its form depends on who has written it
	Revision        *string         `json:"markdown_ai_revision"`
	RevisionRun     *string         `json:"revision_run"`
	Recommendations *string         `json:"ai_publishing_recommendations"`
	Error           *string         `json:"workflow_error"`
}

// readOnly refuses values that differ from the post's and cannot be set.
func (b postBody) readOnly(post loader.Post) error {
	if b.ID != nil && *b.ID != post.ID {
		return invalid("id", "field %q is %d, the post is %d", "id", *b.ID, post.ID)
	}
	for _, field := range []struct {
		name       string
		sent, have *string
		how        string
	}{
		{"status", b.Status, &post.Status, "it is changed by POST /api/blog-posts/{id}/review, publish and so on"},
		{"markdown_ai_revision", b.Revision, post.Revision, "workflows write it"},
		{"revision_run", b.RevisionRun, &post.RevisionRun, "workflows write it"},
		{"ai_publishing_recommendations", b.Recommendations, post.Recommendations, "workflows write it"},
		{"workflow_error", b.Error, post.Error, "workflows write it"},
	} {
		if field.sent != nil && (field.have == nil || *field.sent != *field.have) {
			return invalid(field.name, "field %q cannot be set: %s", field.name, field.how)
		}
	}
	return nil
}

func postReply(post loader.Post) reply {
	return reply{body: map[string]any{"blogPost": post}, etag: strconv.FormatInt(post.Version, 10)}
}

func (a *App) listPosts(r *http.Request) (reply, error) {
	posts, err := a.db.Posts(r.Context())
	return reply{body: map[string]any{"blogPosts": posts}}, err
}

func (a *App) getPost(r *http.Request) (reply, error) {
	id, err := pathID(r, "post")
	if err != nil {
		return reply{}, err
	}
	post, err := a.db.Post(r.Context(), id)
	return postReply(post), err
}

func (a *App) createPost(r *http.Request) (reply, error) {
	var body postBody
	if err := readObject(r, &body); err != nil {
		return reply{}, err
	}
	if body.ID != nil {
		return reply{}, invalid("id", "field %q cannot be set: the database chooses it", "id")
	}
	if body.Title == nil {
		return reply{}, invalid("title", "field %q is missing", "title")
	}
	post := loader.NewPost{
		Title: *body.Title, Subtitle: orEmpty(body.Subtitle), Markdown: orEmpty(body.Markdown), Status: orEmpty(body.Status),
	}
	if post.Status != "" && post.Status != loader.StatusDraft && post.Status != loader.StatusPublished {
		// No run would ever take it out of another status.
		return reply{}, invalid("status", "a new post is %q or %q, not %q", loader.StatusDraft, loader.StatusPublished, post.Status)
	}
	if err := body.readOnly(loader.Post{Status: post.Status}); err != nil {
		return reply{}, err
	}
	created, err := a.db.CreatePost(r.Context(), post)
	answer := postReply(created)
	answer.status, answer.location = http.StatusCreated, "/api/blog-posts/"+strconv.FormatInt(created.ID, 10)
	return answer, err
}

func (a *App) updatePost(r *http.Request) (reply, error) {
	id, err := pathID(r, "post")
	if err != nil {
		return reply{}, err
	}
	var body postBody
	if err := readObject(r, &body); err != nil {
		return reply{}, err
	}
	demanded, err := ifMatch(r)
	if err != nil {
		return reply{}, err
	}
	before, err := a.db.Post(r.Context(), id)
	if err != nil {
		return reply{}, err
	}
	if err := body.readOnly(before); err != nil {
		return reply{}, err
	}
	edit := loader.PostEdit{Title: body.Title, Subtitle: body.Subtitle, Markdown: body.Markdown}
	if body.Version != nil {
		if edit.Seen = *body.Version; edit.Seen < 1 {
			return reply{}, invalid("version", "field %q is %d, no post has that version", "version", edit.Seen)
		}
	}
	if demanded != "" {
		if edit.Seen, err = strconv.ParseInt(demanded, 10, 64); err != nil || edit.Seen < 1 {
			return reply{}, stale()
		}
	}
	post, err := a.db.UpdatePost(r.Context(), id, edit)
	if demanded != "" && errors.Is(err, loader.ErrChanged) {
		err = stale()
	}
	return postReply(post), err
}

// decidePost answers a decision. The body may be empty, or give a reason for the answer to a request for approval.
func (a *App) decidePost(d decision) endpoint {
	return func(r *http.Request) (reply, error) {
		id, err := pathID(r, "post")
		if err != nil {
			return reply{}, err
		}
		var body struct {
			Reason string `json:"reason"`
		}
		raw, err := readBody(r)
		if err != nil {
			return reply{}, err
		}
		if len(raw) > 0 {
			if err := decode(raw, &body); err != nil {
				return reply{}, err
			}
		}
		post, err := a.decide(r.Context(), d, id, body.Reason)
		return postReply(post), err
	}
}

func orEmpty(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}
