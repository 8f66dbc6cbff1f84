package cms

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"

	"github.com/workflowkit/workflowkit-go/examples/blogcms/internal/diff"
	"github.com/workflowkit/workflowkit-go/loader"
)

// diffContext is how many unchanged lines are shown around changed ones.
const diffContext = 2

// button is a decision that makes sense for a post.
type button struct {
	Decision decision
	Label    string
	Primary  bool
}

// buttonsOf returns what an editor can decide about a post.
func buttonsOf(post loader.Post) []button {
	switch post.Status {
	case loader.StatusUnderReview:
		return []button{{revert, "Cancel the review", false}}
	case loader.StatusNeedsApproval:
		return []button{{approve, "Approve", true}, {discard, "Discard", false}, {review, "Review again", false}, {revert, "Cancel the review", false}}
	case loader.StatusPublished:
		return []button{{unpublish, "Unpublish", false}, {publish, "Announce", false}}
	default:
		return []button{{review, "Send to review", true}, {publish, "Publish", false}}
	}
}

// messages tell what has just been done, by the name that the URL carries: a URL must not be able to make the page say
// anything else.
var messages = map[string]string{
	string(review):    "The post was sent to review.",
	string(revert):    "The review was cancelled; the post is a draft.",
	string(approve):   "Approved. The workflow publishes the revision.",
	string(discard):   "The revision is discarded.",
	string(publish):   "The post is published. What the workflow writes for other networks appears below.",
	string(unpublish): "The post is a draft again.",
	"created":         "The post was created.",
	"saved":           "Saved.",
	"enabled":         "The workflow is enabled.",
	"disabled":        "The workflow is disabled.",
}

// maxFollow is how often a page refreshes by itself after a decision whose effect comes a moment later.
const maxFollow = 5

// follow returns where the page of a post goes next by itself, or nothing: while a run works on the post, and for a
// moment after a decision that a run carries out.
func follow(r *http.Request, post loader.Post) string {
	path := "/posts/" + strconv.FormatInt(post.ID, 10)
	if post.Status == loader.StatusUnderReview {
		return path
	}
	done, count := r.URL.Query().Get("done"), 0
	if n, err := strconv.Atoi(r.URL.Query().Get("n")); err == nil && n > 0 {
		count = n
	}
	waits := post.Status == loader.StatusNeedsApproval && (done == string(approve) || done == string(discard))
	if count >= maxFollow || done != string(publish) && !waits {
		return ""
	}
	return path + "?" + url.Values{"done": {done}, "n": {strconv.Itoa(count + 1)}}.Encode()
}

// postRow is a post with what can be done with it.
type postRow struct {
	loader.Post
	Buttons []button
}

func (a *App) viewPosts(w http.ResponseWriter, r *http.Request) error {
	posts, err := a.db.Posts(r.Context())
	if err != nil {
		return err
	}
	content := page{Title: "Posts", Section: "posts", Message: messages[r.URL.Query().Get("done")]}
	rows := make([]postRow, len(posts))
	for i, post := range posts {
		rows[i] = postRow{post, buttonsOf(post)}
		if post.Status == loader.StatusUnderReview {
			content.Refresh = "/"
		}
	}
	content.Data = rows
	a.show(w, r, http.StatusOK, "posts", content)
	return nil
}

// postView is what the page of a post shows.
type postView struct {
	postRow
	// Revised says that there is a revision, Rows how it differs, and Unchanged that it does not.
	Revised, Unchanged bool
	Rows               []diff.Row
}

func (a *App) viewPost(w http.ResponseWriter, r *http.Request) error {
	id, err := pathID(r, "post")
	if err != nil {
		return err
	}
	post, err := a.db.Post(r.Context(), id)
	if err != nil {
		return err
	}
	shown := postView{postRow: postRow{post, buttonsOf(post)}}
	if post.Revision != nil {
		lines := diff.Lines(post.Markdown, *post.Revision)
		shown.Revised, shown.Unchanged, shown.Rows = true, !diff.Changed(lines), diff.Rows(lines, diffContext)
	}
	a.show(w, r, http.StatusOK, "post", page{
		Title: post.Title, Section: "posts", Data: shown,
		Message: messages[r.URL.Query().Get("done")], Refresh: follow(r, post),
	})
	return nil
}

func (a *App) submitDecision(d decision) view {
	return func(w http.ResponseWriter, r *http.Request) error {
		id, err := pathID(r, "post")
		if err != nil {
			return err
		}
		if _, err := a.decide(r.Context(), d, id, field(r, "reason")); err != nil {
			return err
		}
		seeOther(w, r, "posts", id, string(d))
		return nil
	}
}

// seeOther leads to a page, so that loading it again does not send the form again.
func seeOther(w http.ResponseWriter, r *http.Request, section string, id int64, done string) {
	http.Redirect(w, r, fmt.Sprintf("/%s/%d?done=%s", section, id, url.QueryEscape(done)), http.StatusSeeOther)
}

// postForm is a post as somebody is writing it.
type postForm struct {
	// ID is 0 for a new post.
	ID                        int64
	Title, Subtitle, Markdown string
	// Version is the version of the post that the form was made from.
	Version int64
	// Failure says why the form was not accepted. Nil means that it has not been sent.
	Failure *failure
	// Present is the post's text as it is by now, if somebody else has changed it.
	Present string
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
	a.showPostForm(w, r, postForm{ID: id, Title: post.Title, Subtitle: post.Subtitle, Markdown: post.Markdown, Version: post.Version})
	return nil
}

func formOfPost(r *http.Request, id int64) postForm {
	form := postForm{ID: id, Title: field(r, "title"), Subtitle: field(r, "subtitle"), Markdown: field(r, "markdown")}
	if version, err := strconv.ParseInt(field(r, "version"), 10, 64); err == nil {
		form.Version = version
	}
	return form
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
		form.Version, form.Present = present.Version, present.Markdown
	}
	a.showPostForm(w, r, form)
	return nil
}
