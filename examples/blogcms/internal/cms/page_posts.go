package cms

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/workflowkit/workflowkit-go/examples/blogcms/internal/access"
	"github.com/workflowkit/workflowkit-go/loader"
)

// pageSize is how many posts one page of the list has.
const pageSize = 25

// tab is a filter by status, with how many posts it leaves.
type tab struct {
	Label, URL string
	Count      int
	Current    bool
}

// postRow is a post with what can be done with it, and how far the run is that works on it.
type postRow struct {
	loader.Post
	Buttons  []button
	Progress *progress // nil if none is going on
}

// postsView is what the list of posts shows.
type postsView struct {
	Tabs []tab
	// Status and Query are the filters. Empty means all.
	Status, Query string
	Posts         []postRow
	// Any says that there are posts at all.
	Any bool
	// Found is how many the filters leave. Previous and Next lead to the other pages, or are empty.
	Found          int
	Previous, Next string
	Writes         bool
}

func (a *App) viewPosts(w http.ResponseWriter, r *http.Request) error {
	posts, err := a.db.Posts(r.Context())
	if err != nil {
		return err
	}
	query := r.URL.Query()
	shown := postsView{Status: query.Get("status"), Query: strings.TrimSpace(query.Get("q")), Any: len(posts) > 0}
	matching := matchingText(posts, shown.Query)
	shown.Tabs = tabsOf(matching, shown)
	matching = withStatus(matching, shown.Status)
	number, _ := strconv.Atoi(query.Get("page"))
	last := max(0, len(matching)-1) / pageSize
	number = min(max(number, 0), last)
	shown.Found = len(matching)
	if number > 0 {
		shown.Previous = shown.url(number - 1)
	}
	if number < last {
		shown.Next = shown.url(number + 1)
	}
	matching = matching[min(number*pageSize, len(matching)):min((number+1)*pageSize, len(matching))]
	going, err := a.going(r.Context(), matching)
	if err != nil {
		return err
	}
	person, _ := personOf(r)
	shown.Writes = person.May(loader.RoleEditor)
	for _, post := range matching {
		shown.Posts = append(shown.Posts, postRow{post, buttonsOf(post, person), going[post.ID]})
	}
	a.show(w, r, http.StatusOK, "posts", page{
		Title: "Posts", Section: "posts", Live: true, Data: shown, Message: messages[query.Get("done")],
	})
	return nil
}

// matchingText returns the posts that have all words of a query, the newest first.
func matchingText(posts []loader.Post, query string) []loader.Post {
	words := strings.Fields(strings.ToLower(query))
	var out []loader.Post
	for i := len(posts) - 1; i >= 0; i-- {
		text := strings.ToLower(posts[i].Title + "\n" + posts[i].Subtitle + "\n" + posts[i].Markdown)
		matches := true
		for _, word := range words {
			matches = matches && strings.Contains(text, word)
		}
		if matches {
			out = append(out, posts[i])
		}
	}
	return out
}

func withStatus(posts []loader.Post, status string) []loader.Post {
	if status == "" {
		return posts
	}
	var out []loader.Post
	for _, post := range posts {
		if post.Status == status {
			out = append(out, post)
		}
	}
	return out
}

func tabsOf(posts []loader.Post, shown postsView) []tab {
	tabs := []tab{{Label: "All", Count: len(posts)}}
	for _, status := range []string{loader.StatusDraft, loader.StatusUnderReview, loader.StatusNeedsApproval, loader.StatusPublished} {
		tabs = append(tabs, tab{Label: sentence(status), URL: status, Count: len(withStatus(posts, status))})
	}
	for i, t := range tabs {
		tabs[i].Current = t.URL == shown.Status
		tabs[i].URL = postsView{Status: t.URL, Query: shown.Query}.url(0)
	}
	return tabs
}

// url is that of the list with the filters.
func (v postsView) url(number int) string {
	values := url.Values{}
	if v.Status != "" {
		values.Set("status", v.Status)
	}
	if v.Query != "" {
		values.Set("q", v.Query)
	}
	if number > 0 {
		values.Set("page", strconv.Itoa(number))
	}
	if len(values) == 0 {
		return "/"
	}
	return "/?" + values.Encode()
}

// sentence begins with a capital.
func sentence(text string) string {
	if text == "" {
		return ""
	}
	return strings.ToUpper(text[:1]) + text[1:]
}

// button is a decision that makes sense for a post.
type button struct {
	Decision decision
	Label    string
	Primary  bool
	// Warning says what is lost by it, which has to be confirmed then. Empty means nothing.
	Warning string
	// Reason asks for one.
	Reason bool
}

// buttonsOf returns what a person can decide about a post.
func buttonsOf(post loader.Post, person access.Person) []button {
	if !person.May(loader.RoleEditor) {
		return nil
	}
	const lost = "The proposed revision will be lost."
	cancel := button{Decision: revert, Label: "Cancel the review", Warning: "The workflow stops, and the post is a draft again."}
	switch post.Status {
	case loader.StatusUnderReview:
		return []button{cancel}
	case loader.StatusNeedsApproval:
		cancel.Warning = lost + " The post is a draft again."
		return []button{
			{Decision: approve, Label: "Approve and publish", Primary: true},
			{Decision: discard, Label: "Discard the revision", Warning: "The revision will be lost. The post is a draft again, as it was.", Reason: true},
			{Decision: review, Label: "Review again", Warning: lost + " The workflow begins anew."},
			cancel,
		}
	case loader.StatusPublished:
		return []button{
			{Decision: publish, Label: "Announce again"},
			{Decision: unpublish, Label: "Unpublish", Warning: "Readers will not find the post any more. It is a draft then."},
		}
	default:
		publishing := button{Decision: publish, Label: "Publish without a review"}
		if post.Revision != nil {
			publishing.Warning = lost
		}
		return []button{{Decision: review, Label: "Send to review", Primary: true}, publishing}
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
	"enabled":         "The automation is on.",
	"disabled":        "The automation is off.",
	"role":            "The role was changed.",
	"signed-out":      "The user is signed out everywhere.",
}
