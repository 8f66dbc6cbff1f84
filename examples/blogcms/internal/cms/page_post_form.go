package cms

import (
	"errors"
	"net/http"
	"strconv"

	"github.com/workflowkit/workflowkit-go/examples/blogcms/internal/diff"
	"github.com/workflowkit/workflowkit-go/loader"
)

// postForm is a post as somebody is writing it.
type postForm struct {
	// ID is 0 for a new post.
	ID                        int64
	Title, Subtitle, Markdown string
	// Version is the version of the post that the form was made from.
	Version int64
	// Failure says why the form was not accepted. Nil means that it has not been sent, or only for a preview.
	Failure *failure
	// Present is the post as it is by now, if somebody else has changed it. Nil means that nobody has.
	Present *loader.Post
	// Rows are how the text in the form differs from the present one.
	Rows []diff.Row
	// InReview says that a workflow is working on the text.
	InReview bool
}

func (a *App) showPostForm(w http.ResponseWriter, r *http.Request, form postForm) {
	title, status := "New post", http.StatusOK
	if form.ID != 0 {
		title = "Edit " + orText(form.Title, "the post")
	}
	if form.Failure != nil {
		status = form.Failure.Status
	}
	a.show(w, r, status, "post_form", page{Title: title, Section: "posts", Data: form})
}

func (a *App) viewNewPost(w http.ResponseWriter, r *http.Request) error {
	a.showPostForm(w, r, postForm{})
	return nil
}

func (a *App) viewPostForm(w http.ResponseWriter, r *http.Request) error {
	id, err := pathID(r, "post")
	if err != nil {
		return err
	}
	post, err := a.db.Post(r.Context(), id)
	if err != nil {
		return err
	}
	a.showPostForm(w, r, postForm{
		ID: id, Title: post.Title, Subtitle: post.Subtitle, Markdown: post.Markdown, Version: post.Version,
		InReview: post.Status == loader.StatusUnderReview || post.Status == loader.StatusNeedsApproval,
	})
	return nil
}

func formOfPost(r *http.Request, id int64) postForm {
	form := postForm{ID: id, Title: field(r, "title"), Subtitle: field(r, "subtitle"), Markdown: field(r, "markdown")}
	if version, err := strconv.ParseInt(field(r, "version"), 10, 64); err == nil {
		form.Version = version
	}
	return form
}

// previewPost shows a form as it was sent, with its text as readers will see it. Nothing is stored.
func (a *App) previewPost(w http.ResponseWriter, r *http.Request) error {
	id, err := strconv.ParseInt(field(r, "id"), 10, 64)
	if err != nil || id < 0 {
		id = 0
	}
	a.showPostForm(w, r, formOfPost(r, id))
	return nil
}

func (a *App) submitNewPost(w http.ResponseWriter, r *http.Request) error {
	form := formOfPost(r, 0)
	post, err := a.db.CreatePost(r.Context(), loader.NewPost{Title: form.Title, Subtitle: form.Subtitle, Markdown: form.Markdown})
	if err != nil {
		if form.Failure = failureOf(err); form.Failure.Status >= http.StatusInternalServerError {
			return err
		}
		a.showPostForm(w, r, form)
		return nil
	}
	seeOther(w, r, "posts", post.ID, "created")
	return nil
}

func (a *App) submitPost(w http.ResponseWriter, r *http.Request) error {
	id, err := pathID(r, "post")
	if err != nil {
		return err
	}
	form := formOfPost(r, id)
	_, err = a.db.UpdatePost(r.Context(), id, loader.PostEdit{
		Title: &form.Title, Subtitle: &form.Subtitle, Markdown: &form.Markdown, Seen: form.Version,
	})
	if err == nil {
		seeOther(w, r, "posts", id, "saved")
		return nil
	}
	if form.Failure = failureOf(err); form.Failure.Status != http.StatusBadRequest && form.Failure.Status != http.StatusConflict {
		return err
	}
	if errors.Is(err, loader.ErrChanged) {
		present, err := a.db.Post(r.Context(), id)
		if err != nil {
			return err
		}
		// What was written is kept, and saving it again overwrites what is shown beside it.
		form.Version, form.Present = present.Version, &present
		form.Rows = diff.Rows(diff.Inline(present.Markdown, form.Markdown), diffContext)
	}
	a.showPostForm(w, r, form)
	return nil
}
