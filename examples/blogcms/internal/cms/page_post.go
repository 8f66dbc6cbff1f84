package cms

import (
	"fmt"
	"net/http"
	"net/url"

	"github.com/workflowkit/workflowkit-go/examples/blogcms/internal/diff"
	"github.com/workflowkit/workflowkit-go/loader"
)

// diffContext is how many unchanged lines are shown around changed ones.
const diffContext = 1

// postView is what the page of a post shows.
type postView struct {
	postRow
	// Primary is the decision to suggest, and Others are the rest.
	Primary *button
	Others  []button
	// Run is the newest run about the post. Nil means that there is none, or no history.
	Run *progress
	// Revised says that there is a revision, Rows how it differs, and Unchanged that it does not.
	Revised, Unchanged bool
	Rows               []diff.Row
	// Added and Removed count words.
	Added, Removed int
	Writes         bool
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
	run, err := a.latestRun(r.Context(), id)
	if err != nil {
		return err
	}
	person, _ := personOf(r)
	shown := postView{postRow: postRow{Post: post, Buttons: buttonsOf(post, person)}, Run: run, Writes: person.May(loader.RoleEditor)}
	for i := range shown.Buttons {
		if shown.Buttons[i].Primary {
			shown.Primary = &shown.Buttons[i]
		} else {
			shown.Others = append(shown.Others, shown.Buttons[i])
		}
	}
	if post.Revision != nil {
		lines := diff.Inline(post.Markdown, *post.Revision)
		shown.Revised, shown.Unchanged, shown.Rows = true, !diff.Changed(lines), diff.Rows(lines, diffContext)
		shown.Added, shown.Removed = diff.Count(lines)
	}
	a.show(w, r, http.StatusOK, "post", page{
		Title: orText(post.Title, "Untitled"), Section: "posts", Live: true, Data: shown, Message: messages[r.URL.Query().Get("done")],
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
