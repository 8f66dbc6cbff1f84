package loader

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"
)

// The statuses of a post.
const (
	StatusDraft         = "draft"
	StatusUnderReview   = "under review"
	StatusNeedsApproval = "needs approval"
	StatusPublished     = "published"
)

// Post is a blog post. Its JSON form has the names of the columns.
type Post struct {
	ID       int64  `json:"id"`
	Title    string `json:"title"`
	Subtitle string `json:"subtitle"`
	// Status is one of the four constants, or what other software has stored; empty for NULL.
	Status   string `json:"status"`
	Markdown string `json:"markdown"`
	// CreatedAt is in UTC. It is nil if the row has no time or one that cannot be read.
	CreatedAt *time.Time `json:"created_at"`
	// Revision is the text that waits for approval, or nil.
	Revision *string `json:"markdown_ai_revision"`
	// RevisionRun is the id of the run that saved the revision. It is empty if there is no revision, or if other software
	// has made it or changed it since.
	RevisionRun string `json:"revision_run,omitempty"`
	// Recommendations are the texts for publishing the post elsewhere, or nil.
	Recommendations *string `json:"ai_publishing_recommendations"`
	// Error says why the last run for the post failed, or why its revision was discarded. It is nil when there is
	// nothing to say and as soon as the next run begins.
	Error *string `json:"workflow_error"`
	// Version stands for title, subtitle, markdown and revision: it changes when one of them does, whoever changes it,
	// and is the same again when the same texts are back. It is never 0.
	Version int64 `json:"version"`
}

// postRow is a row of blog_posts. Columns that other software may leave NULL are pointers.
type postRow struct {
	ID              int64      `gorm:"column:id;primaryKey"`
	Title           *string    `gorm:"column:title"`
	Subtitle        *string    `gorm:"column:subtitle"`
	Status          *string    `gorm:"column:status"`
	Markdown        *string    `gorm:"column:markdown"`
	Created         storedTime `gorm:"column:created_at"`
	Revision        *string    `gorm:"column:markdown_ai_revision"`
	Recommendations *string    `gorm:"column:ai_publishing_recommendations"`
	Error           *string    `gorm:"column:workflow_error"`
	Origin          *string    `gorm:"column:workflow_revision"`
}

// TableName names the table for gorm.
func (postRow) TableName() string { return postsTable }

func (r postRow) post() Post {
	origin, _ := r.origin()
	return Post{
		ID: r.ID, Title: text(r.Title), Subtitle: text(r.Subtitle), Status: text(r.Status), Markdown: text(r.Markdown),
		CreatedAt: r.Created.time, Revision: r.Revision, RevisionRun: origin.Run, Recommendations: r.Recommendations,
		Error: r.visibleError(), Version: r.version(),
	}
}

func (r postRow) version() int64 { return r.versionWith(r.Revision) }

// versionWith is the version that the post would have with another revision. NULL counts as empty for the texts that
// cannot be absent, because applications differ in which of the two they write.
func (r postRow) versionWith(revision *string) int64 {
	title, subtitle, markdown := text(r.Title), text(r.Subtitle), text(r.Markdown)
	return contentToken(&title, &subtitle, &markdown, revision)
}

// visibleError hides the last run's error while the post is being reviewed again: software that does not know the
// column starts a review without clearing it.
func (r postRow) visibleError() *string {
	if r.inReview() {
		return nil
	}
	return r.Error
}

func (r postRow) inReview() bool {
	status := text(r.Status)
	return status == StatusUnderReview || status == StatusNeedsApproval
}

// revisionOrigin says where a revision comes from. It is stored beside the revision, and since other software changes
// the revision without it, it names the revision that it speaks of.
type revisionOrigin struct {
	Run string `json:"run"`
	// Revision is the token of the revision that the run has saved.
	Revision int64 `json:"revision"`
	// Base is the token of the markdown from which the run started.
	Base int64 `json:"base"`
}

func newOrigin(run, revision string, base int64) *string {
	raw, _ := json.Marshal(revisionOrigin{Run: run, Revision: contentToken(&revision), Base: base})
	encoded := string(raw)
	return &encoded
}

// origin returns the origin of the present revision, and false if it is unknown.
func (r postRow) origin() (revisionOrigin, bool) {
	var o revisionOrigin
	if r.Revision == nil || r.Origin == nil {
		return o, false
	}
	if err := json.Unmarshal([]byte(*r.Origin), &o); err != nil || o.Revision != contentToken(r.Revision) {
		return revisionOrigin{}, false
	}
	return o, true
}

// base is the token of the text that a revision replaces when it is applied.
func (r postRow) base() int64 {
	markdown := text(r.Markdown)
	return contentToken(&markdown)
}

func text(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}

// checkText refuses what one of the two databases cannot hold, so that both behave the same.
func checkText(field, value string) error {
	switch {
	case !utf8.ValidString(value):
		return fmt.Errorf("%w %s: it is not UTF-8", ErrInvalid, field)
	case strings.ContainsRune(value, 0):
		return fmt.Errorf("%w %s: it holds a NUL character", ErrInvalid, field)
	}
	return nil
}
