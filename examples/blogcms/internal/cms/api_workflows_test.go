package cms_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/workflowkit/workflowkit-go/actions"
	"github.com/workflowkit/workflowkit-go/loader"
	"github.com/workflowkit/workflowkit-go/loader/loadertest"
	"github.com/workflowkit/workflowkit-go/workflowkit"
)

// workflowAnswer is what the API answers about one workflow.
type workflowAnswer struct {
	Workflow loader.Workflow      `json:"workflow"`
	Problems workflowkit.Problems `json:"problems"`
}

func (w workflowAnswer) codes() []workflowkit.Code {
	var out []workflowkit.Code
	for _, p := range w.Problems {
		out = append(out, p.Code)
	}
	return out
}

// asIs is a definition with what other editors write: an edge with an id, one to the sink, unknown members, an order.
const asIs = `{"name":"From elsewhere","zoom":1.50,"actions":[{"id":"1","kind":"grammar_review","position":{"x":1}}],` +
	`"edges":[{"id":"e1","from":"$source","to":"1"},{"from":"1","to":"$sink"}],"steps":[]}`

func TestWorkflows(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, dsn string) {
		s := newSite(t, parts{dsn: dsn})
		if got := s.get("/api/workflows"); got.body != `{"workflows":[]}`+"\n" {
			t.Errorf("no workflows are %s", got.body)
		}
		var one workflowAnswer
		created := s.request(http.MethodPost, "/api/workflows", fmt.Sprintf(`{"trigger":"blog-post.updated","workflow":%s}`, asIs))
		created.into(t, http.StatusCreated, &one)
		path := created.header.Get("Location")
		if path != fmt.Sprintf("/api/workflows/%d", one.Workflow.ID) || one.Workflow.Enabled || *one.Workflow.Name != "From elsewhere" {
			t.Errorf("the new workflow at %s is %+v", path, one.Workflow)
		}
		read := s.get(path)
		read.into(t, http.StatusOK, &one)
		same(t, asIs, one.Workflow.Definition)
		if read.header.Get("ETag") != `"`+one.Workflow.Version+`"` {
			t.Errorf("etag is %s for version %s", read.header.Get("ETag"), one.Workflow.Version)
		}
		s.request(http.MethodPost, path+"/enable", "").into(t, http.StatusOK, &one)
		if !one.Workflow.Enabled {
			t.Error("the workflow is not enabled")
		}
		s.request(http.MethodPut, path, `{"description":"other"}`).into(t, http.StatusOK, &one)
		if *one.Workflow.Description != "other" || *one.Workflow.Name != "From elsewhere" || !one.Workflow.Enabled {
			t.Errorf("the changed workflow is %+v", one.Workflow)
		}
		same(t, asIs, one.Workflow.Definition)
		s.request(http.MethodPost, path+"/disable", "").into(t, http.StatusOK, &one)
		if one.Workflow.Enabled {
			t.Error("the workflow is still enabled")
		}
		s.request(http.MethodPut, path, `{"workflow":null}`).into(t, http.StatusOK, &one)
		if diff := cmp.Diff([]workflowkit.Code{workflowkit.CodeDefinitionAbsent}, one.codes()); diff != "" {
			t.Errorf("findings about no definition (-want +got):\n%s", diff)
		}
		var list struct{ Workflows []loader.Workflow }
		s.get("/api/workflows").into(t, http.StatusOK, &list)
		if len(list.Workflows) != 1 {
			t.Errorf("the list is %+v", list)
		}
	})
}

// same compares JSON, whatever the order of keys: a jsonb column does not keep it.
func same(t *testing.T, want string, got json.RawMessage) {
	t.Helper()
	var a, b any
	if err := json.Unmarshal([]byte(want), &a); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(got, &b); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(a, b); diff != "" {
		t.Errorf("definition (-want +got):\n%s", diff)
	}
}

// TestWorkflowSentBack sends a whole workflow back as it was read.
func TestWorkflowSentBack(t *testing.T) {
	t.Parallel()
	s := newSite(t, parts{seeds: true})
	var body struct{ Workflow json.RawMessage }
	if err := json.Unmarshal([]byte(s.get("/api/workflows/1").body), &body); err != nil {
		t.Fatal(err)
	}
	if got := s.request(http.MethodPut, "/api/workflows/1", string(body.Workflow)); got.status != http.StatusOK {
		t.Errorf("%d %s", got.status, got.body)
	}
}

// TestFaultyWorkflow can be saved, but not enabled.
func TestFaultyWorkflow(t *testing.T) {
	t.Parallel()
	s := newSite(t, parts{})
	const faulty = `{"actions":[{"id":"1","kind":"nope"},{"id":"1","kind":"grammar_review"}],"edges":[{"from":"$source","to":"7"}]}`
	body := func(enabled bool) string {
		return fmt.Sprintf(`{"name":"Faulty","trigger":"blog-post.updated","enabled":%t,"workflow":%s}`, enabled, faulty)
	}
	details := s.request(http.MethodPost, "/api/workflows", body(true)).fails(t, http.StatusBadRequest, "VALIDATION_ERROR", "cannot be enabled")
	if list, ok := details.([]any); !ok || len(list) < 3 {
		t.Errorf("not all faults are named: %v", details)
	}
	var one workflowAnswer
	s.request(http.MethodPost, "/api/workflows", body(false)).into(t, http.StatusCreated, &one)
	if one.Problems.Err() == nil || len(one.Problems) < 3 {
		t.Errorf("findings about the draft: %v", one.codes())
	}
	s.request(http.MethodPost, "/api/workflows/1/enable", "").fails(t, http.StatusBadRequest, "VALIDATION_ERROR", "cannot be enabled")
	s.request(http.MethodPut, "/api/workflows/1", `{"enabled":true}`).fails(t, http.StatusBadRequest, "VALIDATION_ERROR", "cannot be enabled")
	fixed := fmt.Sprintf(`{"enabled":true,"workflow":%s}`, reviewWorkflow)
	s.request(http.MethodPut, "/api/workflows/1", fixed).into(t, http.StatusOK, &one)
	broken := fmt.Sprintf(`{"workflow":%s}`, faulty)
	s.request(http.MethodPut, "/api/workflows/1", broken).fails(t, http.StatusBadRequest, "VALIDATION_ERROR", "cannot be enabled")
	s.request(http.MethodPut, "/api/workflows/1", `{"trigger":""}`).fails(t, http.StatusBadRequest, "VALIDATION_ERROR", "cannot be enabled")
	s.request(http.MethodPut, "/api/workflows/1", `{"description":"what it does"}`).into(t, http.StatusOK, &one)
	s.request(http.MethodPut, "/api/workflows/1", `{"trigger":"some/event"}`).into(t, http.StatusOK, &one)
	if diff := cmp.Diff([]workflowkit.Code{"trigger_unknown"}, one.codes()); diff != "" {
		t.Errorf("findings about another trigger (-want +got):\n%s", diff)
	}
}

func TestWorkflowConflicts(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, dsn string) {
		s := newSite(t, parts{dsn: dsn, seeds: true})
		body := func(name string, enabled bool) string {
			return fmt.Sprintf(`{"name":%q,"trigger":"blog-post.updated","enabled":%t,"workflow":%s}`, name, enabled, asIs)
		}
		s.request(http.MethodPost, "/api/workflows", body("Second", true)).fails(t, http.StatusConflict, "CONFLICT", `trigger "blog-post.updated"`)
		details := s.request(http.MethodPost, "/api/workflows", body("Review a blog post", false)).fails(t, http.StatusConflict, "CONFLICT", "name")
		if diff := cmp.Diff(map[string]any{"field": "name", "id": 1.0}, details); diff != "" {
			t.Errorf("details (-want +got):\n%s", diff)
		}
		var second workflowAnswer
		s.request(http.MethodPost, "/api/workflows", body("Second", false)).into(t, http.StatusCreated, &second)
		path := fmt.Sprintf("/api/workflows/%d", second.Workflow.ID)
		s.request(http.MethodPost, path+"/enable", "").fails(t, http.StatusConflict, "CONFLICT", "trigger")
		s.request(http.MethodPut, path, `{"trigger":"blog-post.published","enabled":true}`).fails(t, http.StatusConflict, "CONFLICT", "trigger")
		s.request(http.MethodPost, "/api/workflows/1/disable", "").into(t, http.StatusOK, &workflowAnswer{})
		s.request(http.MethodPost, path+"/enable", "").into(t, http.StatusOK, &second)
	})
}

func TestConcurrentWorkflowEdits(t *testing.T) {
	t.Parallel()
	s := newSite(t, parts{seeds: true})
	first := s.get("/api/workflows/1")
	var read workflowAnswer
	first.into(t, http.StatusOK, &read)
	etag := first.header.Get("ETag")
	change := fmt.Sprintf(`{"workflow":%s}`, reviewWorkflow)
	if got := s.request(http.MethodPut, "/api/workflows/1", change, "If-Match", etag); got.status != http.StatusOK {
		t.Fatalf("the first change: %d %s", got.status, got.body)
	}
	other := fmt.Sprintf(`{"workflow":%s}`, asIs)
	s.request(http.MethodPut, "/api/workflows/1", other, "If-Match", etag).fails(t, http.StatusPreconditionFailed, "PRECONDITION_FAILED", "load it again")
	other = fmt.Sprintf(`{"workflow":%s,"version":%q}`, asIs, read.Workflow.Version)
	s.request(http.MethodPut, "/api/workflows/1", other).fails(t, http.StatusConflict, "CONFLICT", "load it again")
}

// TestFaultyWorkflowIsNeverEnabled has one replica enable and disable what another replica breaks and repairs.
func TestFaultyWorkflowIsNeverEnabled(t *testing.T) {
	t.Parallel()
	dsn := loadertest.SQLite(t)
	one := newSite(t, parts{dsn: dsn, seeds: true})
	other := newSite(t, parts{dsn: dsn})
	const faulty = `{"actions":[{"id":"1","kind":"nope"}],"edges":[{"from":"$source","to":"1"}]}`
	var both sync.WaitGroup
	both.Go(func() {
		for range 60 {
			one.request(http.MethodPost, "/api/workflows/1/enable", "")
			one.request(http.MethodPost, "/api/workflows/1/disable", "")
		}
	})
	both.Go(func() {
		for range 60 {
			other.request(http.MethodPut, "/api/workflows/1", `{"workflow":`+faulty+`}`)
			other.request(http.MethodPut, "/api/workflows/1", `{"workflow":`+reviewWorkflow+`}`)
		}
	})
	done := make(chan struct{})
	go func() {
		defer close(done)
		both.Wait()
	}()
	for running := true; running; {
		select {
		case <-done:
			running = false
		default:
		}
		w, err := one.db.Workflow(t.Context(), 1)
		if err != nil {
			t.Error(err)
			continue
		}
		if w.Enabled && one.app.Engine().Validate(w.Definition).Err() != nil {
			t.Error("a faulty workflow is enabled")
		}
	}
}

func TestInvalidWorkflows(t *testing.T) {
	t.Parallel()
	s := newSite(t, parts{seeds: true})
	cases := map[string]struct {
		method, path, body string
		status             int
		message            string
	}{
		"no body":                       {"POST", "/api/workflows", "", 400, "empty"},
		"an unknown field":              {"POST", "/api/workflows", `{"definition":{}}`, 400, `"definition"`},
		"enabled that is a text":        {"POST", "/api/workflows", `{"enabled":"yes"}`, 400, "a boolean is needed"},
		"a definition that is a text":   {"POST", "/api/workflows", `{"workflow":"x"}`, 400, "invalid"},
		"an id":                         {"POST", "/api/workflows", `{"id":7}`, 400, "cannot be set"},
		"another id":                    {"PUT", "/api/workflows/1", `{"id":7}`, 400, `"id" is 7`},
		"a NUL character":               {"PUT", "/api/workflows/1", `{"name":"a\u0000"}`, 400, "NUL"},
		"a workflow that is not there":  {"PUT", "/api/workflows/99", `{}`, 404, "workflow 99"},
		"enable what is not there":      {"POST", "/api/workflows/99/enable", ``, 404, "workflow 99"},
		"an id that is none":            {"POST", "/api/workflows/one/enable", ``, 404, "there is no workflow"},
		"validate what is not JSON":     {"POST", "/api/workflows/validate", `{`, 400, "not JSON"},
		"validate what is not a object": {"POST", "/api/workflows/validate", `[]`, 400, "an object is needed"},
		"validate nothing":              {"POST", "/api/workflows/validate", ``, 400, "not JSON"},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			code := map[int]string{400: "VALIDATION_ERROR", 404: "NOT_FOUND"}[tc.status]
			s.request(tc.method, tc.path, tc.body).fails(t, tc.status, code, tc.message)
		})
	}
}

func TestValidate(t *testing.T) {
	t.Parallel()
	s := newSite(t, parts{})
	cases := map[string]struct {
		body string
		want []workflowkit.Code
	}{
		"a definition":           {reviewWorkflow, nil},
		"a definition in a row":  {`{"workflow":` + reviewWorkflow + `,"enabled":true}`, nil},
		"a definition of faults": {`{"actions":[{"id":"1","kind":"nope"}],"edges":[{"from":"$source","to":"1"}]}`, []workflowkit.Code{workflowkit.CodeKindUnknown}},
		"no definition":          {`{"workflow":null}`, []workflowkit.Code{workflowkit.CodeDefinitionAbsent}},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := s.request(http.MethodPost, "/api/workflows/validate", tc.body)
			if !strings.Contains(got.body, `"problems":[`) {
				t.Errorf("the findings are no list: %s", got.body)
			}
			var found workflowAnswer
			got.into(t, http.StatusOK, &found)
			if diff := cmp.Diff(tc.want, found.codes()); diff != "" {
				t.Errorf("findings (-want +got):\n%s", diff)
			}
		})
	}
}

func TestActions(t *testing.T) {
	t.Parallel()
	s := newSite(t, parts{})
	var body struct{ Actions []struct{ Kind, Name string } }
	if err := json.Unmarshal([]byte(s.get("/api/actions").body), &body); err != nil {
		t.Fatal(err)
	}
	var kinds []string
	for _, action := range body.Actions {
		if !strings.HasPrefix(action.Kind, "builtin:") || action.Kind == workflowkit.KindIf {
			kinds = append(kinds, action.Kind)
		}
	}
	want := []string{
		workflowkit.KindIf, actions.KindTableOfContents, actions.KindGrammarReview, actions.KindWaitForApproval,
		actions.KindApplyChanges, actions.KindLinkedInPosts, actions.KindTweets,
	}
	if diff := cmp.Diff(want, kinds); diff != "" {
		t.Errorf("actions (-want +got):\n%s", diff)
	}
}
