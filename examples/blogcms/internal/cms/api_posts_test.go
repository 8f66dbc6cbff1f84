package cms_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/workflowkit/workflowkit-go/loader"
)

func TestPosts(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, dsn string) {
		s := newSite(t, parts{dsn: dsn})
		var list struct {
			BlogPosts []loader.Post `json:"blogPosts"`
		}
		if got := s.get("/api/blog-posts"); got.body != `{"blogPosts":[]}`+"\n" {
			t.Errorf("no posts are %s", got.body)
		}
		var one struct {
			BlogPost loader.Post `json:"blogPost"`
		}
		created := s.request(http.MethodPost, "/api/blog-posts", `{"title":"Ünïcode <b>","subtitle":"s","markdown":"# m\n"}`)
		created.into(t, http.StatusCreated, &one)
		post := one.BlogPost
		if got := created.header.Get("Location"); got != fmt.Sprintf("/api/blog-posts/%d", post.ID) {
			t.Errorf("location is %q", got)
		}
		if post.Title != "Ünïcode <b>" || post.Subtitle != "s" || post.Markdown != "# m\n" || post.Status != loader.StatusDraft || post.CreatedAt == nil {
			t.Errorf("the new post is %+v", post)
		}
		path := created.header.Get("Location")
		read := s.get(path)
		read.into(t, http.StatusOK, &one)
		if diff := cmp.Diff(post, one.BlogPost); diff != "" {
			t.Errorf("the post that is read (-created +read):\n%s", diff)
		}
		if read.header.Get("ETag") != fmt.Sprintf(`"%d"`, post.Version) {
			t.Errorf("etag is %q for version %d", read.header.Get("ETag"), post.Version)
		}
		// A field that is not given stays as it is.
		s.request(http.MethodPut, path, `{"subtitle":"other"}`).into(t, http.StatusOK, &one)
		if one.BlogPost.Title != post.Title || one.BlogPost.Subtitle != "other" || one.BlogPost.Version == post.Version {
			t.Errorf("the changed post is %+v", one.BlogPost)
		}
		s.get("/api/blog-posts").into(t, http.StatusOK, &list)
		if diff := cmp.Diff([]loader.Post{one.BlogPost}, list.BlogPosts); diff != "" {
			t.Errorf("the list (-want +got):\n%s", diff)
		}
	})
}

// TestPostFields holds the JSON to the names of the columns.
func TestPostFields(t *testing.T) {
	t.Parallel()
	s := newSite(t, parts{seeds: true})
	s.decide(1, "review")
	s.reach(1, loader.StatusNeedsApproval)
	var body struct {
		BlogPost map[string]any `json:"blogPost"`
	}
	s.get("/api/blog-posts/1").into(t, http.StatusOK, &body)
	types := map[string]string{}
	for name, value := range body.BlogPost {
		types[name] = fmt.Sprintf("%T", value)
	}
	want := map[string]string{
		"id": "float64", "title": "string", "subtitle": "string", "status": "string", "markdown": "string",
		"created_at": "string", "markdown_ai_revision": "string", "ai_publishing_recommendations": "<nil>",
		"workflow_error": "<nil>", "revision_run": "string", "version": "float64",
	}
	if diff := cmp.Diff(want, types); diff != "" {
		t.Errorf("fields (-want +got):\n%s", diff)
	}
}

// TestPostSentBack sends a whole post back with one change, as clients do.
func TestPostSentBack(t *testing.T) {
	t.Parallel()
	s := newSite(t, parts{seeds: true})
	s.decide(1, "review")
	s.reach(1, loader.StatusNeedsApproval)
	var body struct {
		BlogPost map[string]any `json:"blogPost"`
	}
	s.get("/api/blog-posts/1").into(t, http.StatusOK, &body)
	body.BlogPost["title"] = "Another title"
	raw, err := json.Marshal(body.BlogPost)
	if err != nil {
		t.Fatal(err)
	}
	if got := s.request(http.MethodPut, "/api/blog-posts/1", string(raw)); got.status != http.StatusOK {
		t.Fatalf("%d %s", got.status, got.body)
	}
	if got := s.post(1); got.Title != "Another title" || got.Status != loader.StatusNeedsApproval {
		t.Errorf("the post is %+v", got)
	}
}

// TestConcurrentEdits lets two editors change what they have both read.
func TestConcurrentEdits(t *testing.T) {
	t.Parallel()
	s := newSite(t, parts{})
	post := s.newPost("A post", "first")
	etag := s.get("/api/blog-posts/1").header.Get("ETag")
	edit := func(markdown, more string, headers ...string) answer {
		return s.request(http.MethodPut, "/api/blog-posts/1", fmt.Sprintf(`{"markdown":%q%s}`, markdown, more), headers...)
	}
	if got := edit("second", "", "If-Match", etag); got.status != http.StatusOK {
		t.Fatalf("the first edit: %d %s", got.status, got.body)
	}
	if got := edit("third", "", "If-Match", etag); got.status != http.StatusPreconditionFailed {
		t.Errorf("the second edit, with a header: %d %s", got.status, got.body)
	}
	if got := edit("third", fmt.Sprintf(`,"version":%d`, post.Version)); got.status != http.StatusConflict {
		t.Errorf("the second edit, with a version: %d %s", got.status, got.body)
	}
	// The same edit again is no conflict: its first answer may have been lost.
	if got := edit("second", "", "If-Match", etag); got.status != http.StatusOK {
		t.Errorf("the first edit again: %d %s", got.status, got.body)
	}
	for _, header := range []string{`W/"1"`, `1`, `1"`, `"1`, `"`, `"1", "2"`, `""`} {
		if got := edit("third", "", "If-Match", header); got.status != http.StatusBadRequest {
			t.Errorf("If-Match %s: %d %s", header, got.status, got.body)
		}
	}
	if got := edit("third", "", "If-Match", `"not a version"`); got.status != http.StatusPreconditionFailed {
		t.Errorf("an etag that no post has: %d %s", got.status, got.body)
	}
	if got := s.post(1).Markdown; got != "second" {
		t.Errorf("the text is %q", got)
	}
	if got := edit("third", "", "If-Match", "*"); got.status != http.StatusOK {
		t.Errorf("an edit of any version: %d %s", got.status, got.body)
	}
}

func TestInvalidPosts(t *testing.T) {
	t.Parallel()
	s := newSite(t, parts{})
	s.newPost("A post", "text")
	cases := map[string]struct {
		method, path, body string
		status             int
		message            string
	}{
		"no body":                    {"POST", "/api/blog-posts", "", 400, "empty"},
		"not JSON":                   {"POST", "/api/blog-posts", "{", 400, "not JSON"},
		"not JSON in the middle":     {"POST", "/api/blog-posts", `{"title": x}`, 400, "byte 11"},
		"not an object":              {"POST", "/api/blog-posts", "[1]", 400, "an object is needed"},
		"two objects":                {"POST", "/api/blog-posts", `{"title":"a"} {}`, 400, "after the JSON"},
		"an unknown field":           {"POST", "/api/blog-posts", `{"title":"a","colour":"red"}`, 400, `"colour"`},
		"a title that is a number":   {"POST", "/api/blog-posts", `{"title":1}`, 400, `"title" is a JSON number, a string is needed`},
		"a version that is a text":   {"PUT", "/api/blog-posts/1", `{"version":"1"}`, 400, "a whole number is needed"},
		"a version of nothing":       {"PUT", "/api/blog-posts/1", `{"version":0}`, 400, "no post has that version"},
		"no title":                   {"POST", "/api/blog-posts", `{"markdown":"m"}`, 400, `"title" is missing`},
		"an empty title":             {"POST", "/api/blog-posts", `{"title":" "}`, 400, "title"},
		"a NUL character":            {"POST", "/api/blog-posts", `{"title":"a\u0000"}`, 400, "NUL"},
		"an id":                      {"POST", "/api/blog-posts", `{"title":"a","id":7}`, 400, `"id" cannot be set`},
		"a status between":           {"POST", "/api/blog-posts", `{"title":"a","status":"under review"}`, 400, "a new post is"},
		"a revision":                 {"POST", "/api/blog-posts", `{"title":"a","markdown_ai_revision":"x"}`, 400, "workflows write it"},
		"another id":                 {"PUT", "/api/blog-posts/1", `{"id":2}`, 400, `"id" is 2`},
		"another status":             {"PUT", "/api/blog-posts/1", `{"status":"published"}`, 400, "/review"},
		"other recommendations":      {"PUT", "/api/blog-posts/1", `{"ai_publishing_recommendations":"x"}`, 400, "workflows write it"},
		"an empty title for an old":  {"PUT", "/api/blog-posts/1", `{"title":""}`, 400, "title"},
		"a post that is not there":   {"PUT", "/api/blog-posts/99", `{"title":"a"}`, 404, "post 99"},
		"an id that is none":         {"GET", "/api/blog-posts/one", "", 404, "there is no post"},
		"an id of zero":              {"GET", "/api/blog-posts/0", "", 404, "there is no post"},
		"an id that is too long":     {"GET", "/api/blog-posts/99999999999999999999", "", 404, "there is no post"},
		"a decision without a post":  {"POST", "/api/blog-posts/99/review", "", 404, "post 99"},
		"a decision with a mistake":  {"POST", "/api/blog-posts/1/discard", `{"why":"so"}`, 400, `"why"`},
		"a decision that is unknown": {"POST", "/api/blog-posts/1/burn", "", 404, "nothing at"},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := s.request(tc.method, tc.path, tc.body)
			code := map[int]string{400: "VALIDATION_ERROR", 404: "NOT_FOUND"}[tc.status]
			got.fails(t, tc.status, code, tc.message)
		})
	}
}

// fails holds an answer against an expected error.
func (a answer) fails(t *testing.T, status int, code, message string) (details any) {
	t.Helper()
	var body struct {
		Error struct {
			Code, Message string
			Details       any
		}
	}
	a.into(t, status, &body)
	if body.Error.Code != code || !strings.Contains(body.Error.Message, message) {
		t.Errorf("the error is %s, want %s with %q", a.body, code, message)
	}
	if got := a.header.Get("Content-Type"); got != "application/json; charset=utf-8" {
		t.Errorf("content type is %q", got)
	}
	return body.Error.Details
}
