package editor_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/workflowkit/workflowkit-go/workflowkit"
	"github.com/workflowkit/workflowkit-go/workflowkit/editor"
	"github.com/workflowkit/workflowkit-go/workflowkit/store"
	"github.com/workflowkit/workflowkit-go/workflowkit/store/memory"
)

// bed is an editor on a server, with what is behind it.
type bed struct {
	*testing.T
	engine *workflowkit.Engine
	store  *memory.Store
	editor *editor.Editor
	url    string
	client *http.Client
	// as is the user of the next requests: the first letters of what the user may do, as in "vep".
	as string
}

type textInput struct {
	Text string `json:"text" jsonschema:"title=Text" fieldType:"textarea"`
	Tone string `json:"tone,omitempty" jsonschema:"enum=formal,enum=casual,default=formal"`
}

type textOutput struct {
	Text string `json:"text"`
}

// newEngine returns an engine with an action of each way to make one.
func newEngine(t testing.TB) *workflowkit.Engine {
	t.Helper()
	engine, err := workflowkit.New(workflowkit.WithActions(
		workflowkit.Define(workflowkit.Spec{Kind: "review", Name: "Review", Description: "Reviews a text"},
			func(context.Context, *workflowkit.Run, textInput) (textOutput, error) { return textOutput{}, nil }),
		workflowkit.DefineUntyped(workflowkit.Spec{Kind: "any", Name: "Anything"},
			func(context.Context, *workflowkit.Run, map[string]any) (any, error) { return nil, nil }),
	))
	if err != nil {
		t.Fatal(err)
	}
	return engine
}

// byHeader lets the header X-User say what a user may do. A request without it comes from nobody.
func byHeader(r *http.Request) (editor.User, editor.Permissions, error) {
	as := r.Header.Get("X-User")
	if as == "" {
		return editor.User{}, editor.Permissions{}, editor.ErrUnauthenticated
	}
	return editor.User{ID: "u-" + as, Name: "User " + as}, editor.Permissions{
		View: strings.Contains(as, "v"), Edit: strings.Contains(as, "e"), Publish: strings.Contains(as, "p"),
	}, nil
}

func newBed(t *testing.T, change ...func(*editor.Config)) *bed {
	t.Helper()
	b := &bed{T: t, engine: newEngine(t), store: memory.New(), as: "vep", client: &http.Client{Transport: &http.Transport{}}}
	config := editor.Config{
		Engine: b.engine, Store: b.store, Runs: b.store, Authorize: byHeader, Logger: slog.New(slog.DiscardHandler),
	}
	for _, f := range change {
		f(&config)
	}
	var err error
	if b.editor, err = editor.Handler(config); err != nil {
		t.Fatal(err)
	}
	mux := http.NewServeMux()
	mux.Handle("/admin/editor/", b.editor)
	server := httptest.NewServer(mux)
	b.url = server.URL + "/admin/editor"
	t.Cleanup(func() {
		b.client.CloseIdleConnections()
		if err := b.editor.Close(); err != nil {
			t.Error(err)
		}
		server.Close()
	})
	return b
}

// answer is a response that has been read.
type answer struct {
	*bed
	status int
	header http.Header
	body   []byte
}

// request makes a request. A body that is not a text is sent as JSON.
func (b *bed) request(method, path string, body any, header ...string) *http.Request {
	b.Helper()
	var reader io.Reader
	switch v := body.(type) {
	case nil:
	case string:
		reader = strings.NewReader(v)
	default:
		raw, err := json.Marshal(v)
		if err != nil {
			b.Fatal(err)
		}
		reader = bytes.NewReader(raw)
	}
	r, err := http.NewRequestWithContext(b.Context(), method, b.url+path, reader)
	if err != nil {
		b.Fatal(err)
	}
	if b.as != "" {
		r.Header.Set("X-User", b.as)
	}
	if body != nil {
		r.Header.Set("Content-Type", "application/json")
	}
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	return r
}

func (b *bed) do(method, path string, body any, header ...string) *answer {
	b.Helper()
	client := *b.client
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	response, err := client.Do(b.request(method, path, body, header...))
	if err != nil {
		b.Fatal(err)
	}
	defer response.Body.Close()
	content, err := io.ReadAll(response.Body)
	if err != nil {
		b.Fatal(err)
	}
	return &answer{bed: b, status: response.StatusCode, header: response.Header, body: content}
}

func (b *bed) get(path string) *answer { b.Helper(); return b.do(http.MethodGet, path, nil) }
func (b *bed) post(path string, body any) *answer {
	b.Helper()
	return b.do(http.MethodPost, path, body)
}

// want fails unless the answer has a status, and reads it.
func (a *answer) want(status int, into ...any) *answer {
	a.Helper()
	if a.status != status {
		a.Fatalf("status %d, want %d: %s", a.status, status, a.body)
	}
	for _, v := range into {
		if err := json.Unmarshal(a.body, v); err != nil {
			a.Fatalf("answer %s: %v", a.body, err)
		}
	}
	return a
}

// fault is an error as a front end sees it.
type fault struct {
	Error struct {
		Code, Message string
		Problems      workflowkit.Problems
	}
	Current *store.Version
}

// refused fails unless the answer is an error with a code, whose message has a text in it.
func (a *answer) refused(status int, code, message string) fault {
	a.Helper()
	var f fault
	a.want(status, &f)
	if f.Error.Code != code || !strings.Contains(f.Error.Message, message) {
		a.Errorf("error is %+v, want the code %q and a message with %q", f.Error, code, message)
	}
	return f
}

// create makes a workflow, with a version for each definition.
func (b *bed) create(name string, definitions ...string) store.Workflow {
	b.Helper()
	var w store.Workflow
	b.post("/api/workflows", map[string]any{"name": name}).want(http.StatusCreated, &w)
	for i, definition := range definitions {
		b.save(w.ID, i, definition).want(http.StatusCreated)
	}
	b.get("/api/workflows/"+w.ID).want(http.StatusOK, &w)
	return w
}

func (b *bed) save(id string, base int, definition string) *answer {
	b.Helper()
	return b.post("/api/workflows/"+id+"/versions", map[string]any{"base": base, "definition": json.RawMessage(definition)})
}

// one is a workflow with one action, whose name tells versions apart.
func one(name string) string {
	return `{"name":"` + name + `","actions":[{"id":"1","kind":"any"}],"edges":[{"from":"$source","to":"1"}]}`
}
