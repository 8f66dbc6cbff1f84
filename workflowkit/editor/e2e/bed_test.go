package e2e

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/workflowkit/workflowkit-go/workflowkit"
	"github.com/workflowkit/workflowkit-go/workflowkit/editor"
	"github.com/workflowkit/workflowkit-go/workflowkit/editor/browsertest"
	"github.com/workflowkit/workflowkit-go/workflowkit/store"
	"github.com/workflowkit/workflowkit-go/workflowkit/store/memory"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// axe is where npm ci puts axe-core.
const axe = "../web/node_modules/axe-core/axe.min.js"

// bed is an editor on a server.
type bed struct {
	*testing.T
	engine *workflowkit.Engine
	store  *memory.Store
	url    string
	server *httptest.Server
	// down says that the server takes no requests: their connections are closed.
	down atomic.Bool
}

type place struct {
	City string `json:"city" jsonschema:"title=City"`
	Zip  string `json:"zip,omitempty" jsonschema:"title=Zip"`
}

// every has an input of every type that a form can have.
type every struct {
	Line   string            `json:"line" jsonschema:"title=Line,description=A short text,minLength=2"`
	Long   string            `json:"long,omitempty" jsonschema:"title=Long text" fieldType:"textarea"`
	Count  int               `json:"count" jsonschema:"title=Count,minimum=1,maximum=10"`
	Ratio  float64           `json:"ratio,omitempty" jsonschema:"title=Ratio"`
	On     bool              `json:"on,omitempty" jsonschema:"title=On"`
	Choice string            `json:"choice,omitempty" jsonschema:"title=Choice,enum=red,enum=green,default=red"`
	Tags   []string          `json:"tags,omitempty" jsonschema:"title=Tags"`
	Place  *place            `json:"place,omitempty" jsonschema:"title=Place"`
	Free   map[string]any    `json:"free,omitempty" jsonschema:"title=Free"`
	Labels map[string]string `json:"labels,omitempty" jsonschema:"title=Labels"`
}

type text struct {
	Text string `json:"text" jsonschema:"title=Text" fieldType:"textarea"`
}

type judged struct {
	Good  bool   `json:"good" jsonschema:"title=Good"`
	Score int    `json:"score" jsonschema:"title=Score"`
	Text  string `json:"text" jsonschema:"title=Text"`
}

func newBed(t *testing.T) *bed {
	t.Helper()
	browsertest.Chromium(t)
	b := &bed{T: t, store: memory.New()}
	var err error
	b.engine, err = workflowkit.New(workflowkit.WithLoader(b.store), workflowkit.WithObservers(b.store), workflowkit.WithActions(
		workflowkit.Define(workflowkit.Spec{Kind: "judge", Name: "Judge", Description: "Judges a text"},
			func(_ context.Context, _ *workflowkit.Run, in text) (judged, error) {
				return judged{Good: len(in.Text) > 3, Score: len(in.Text), Text: in.Text}, nil
			}),
		workflowkit.Define(workflowkit.Spec{Kind: "publish", Name: "Publish", Description: "Publishes a text"},
			func(_ context.Context, _ *workflowkit.Run, in text) (text, error) { return in, nil }),
		workflowkit.Define(workflowkit.Spec{Kind: "every", Name: "Everything", Description: "Has an input of every type"},
			func(_ context.Context, _ *workflowkit.Run, in every) (every, error) { return in, nil }),
	))
	if err != nil {
		t.Fatal(err)
	}
	edit, err := editor.Handler(editor.Config{
		Engine: b.engine, Store: b.store, Runs: b.store, Logger: slog.New(slog.DiscardHandler), HomeURL: "/",
		Authorize: func(r *http.Request) (editor.User, editor.Permissions, error) {
			name := r.Header.Get("X-User")
			if name == "" {
				name = "Ada"
			}
			return editor.User{ID: name, Name: name}, editor.Permissions{View: true, Edit: name != "Reader", Publish: name == "Ada"}, nil
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	mux := http.NewServeMux()
	mux.Handle("/admin/editor/", edit)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if b.down.Load() {
			panic(http.ErrAbortHandler)
		}
		mux.ServeHTTP(w, r)
	}))
	b.url, b.server = server.URL+"/admin/editor", server
	t.Cleanup(func() {
		if err := edit.Close(); err != nil {
			t.Error(err)
		}
		server.Close()
	})
	return b
}

// create stores a workflow, with a version if there is a definition.
func (b *bed) create(name, definition string) string {
	b.Helper()
	trigger := "article." + name
	w, err := b.store.CreateWorkflow(b.Context(), store.Settings{Name: &name, Trigger: &trigger})
	if err != nil {
		b.Fatal(err)
	}
	if definition != "" {
		if _, err := b.store.SaveVersion(b.Context(), w.ID, store.Save{Definition: json.RawMessage(definition), Author: "Grace", Note: "First"}); err != nil {
			b.Fatal(err)
		}
	}
	return w.ID
}

// draft returns the newest version of a workflow once it has a number.
func (b *bed) draft(id string, number int) *workflowkit.Workflow {
	b.Helper()
	deadline := time.Now().Add(30 * time.Second)
	for {
		w, err := b.store.GetWorkflow(b.Context(), id)
		if err != nil {
			b.Fatal(err)
		}
		if w.Draft != nil && w.Draft.Number == number {
			parsed, err := workflowkit.ParseWorkflow(w.Draft.Definition)
			if err != nil {
				b.Fatal(err)
			}
			return parsed
		}
		if time.Now().After(deadline) {
			b.Fatalf("version %d has not come: the draft is %+v", number, w.Draft)
		}
	}
}

// open opens a page of the editor.
func (b *bed) open(path string, options ...browsertest.Option) *browsertest.Page {
	b.Helper()
	return browsertest.Open(b.T, b.url+path, options...)
}

// picture saves a picture of a page, if WORKFLOWKIT_SCREENSHOTS names a folder.
func (b *bed) picture(p *browsertest.Page, name string) {
	if folder := os.Getenv("WORKFLOWKIT_SCREENSHOTS"); folder != "" {
		p.Screenshot(folder + "/" + name + ".png")
	}
}

// branches is a workflow with an if and a join.
const branches = `{"name":"Branches","actions":[
	{"id":"1","kind":"judge","name":"Judge it","inputs":{"text":"!ref($.event.data.text)"}},
	{"id":"2","kind":"builtin:if","inputs":{"condition":{">":["!ref($.state.1.score)",5]}}},
	{"id":"3","kind":"publish","name":"Long","inputs":{"text":"!ref($.state.1.text)"}},
	{"id":"4","kind":"publish","name":"Short","inputs":{"text":"short"}},
	{"id":"5","kind":"judge","name":"Again","inputs":{"text":"done"}}],
	"edges":[{"from":"$source","to":"1"},{"from":"1","to":"2"},
	{"from":"2","to":"3","name":"True","conditional":{"type":"if","ref":"!ref($.output.result)"}},
	{"from":"2","to":"4","name":"False","conditional":{"type":"else","ref":"!ref($.output.result)"}},
	{"from":"3","to":"5"},{"from":"4","to":"5"}]}`

func (b *bed) json(w *workflowkit.Workflow) json.RawMessage {
	b.Helper()
	raw, err := w.MarshalJSON()
	if err != nil {
		b.Fatal(err)
	}
	return raw
}

// edit opens the editor of a workflow, and waits until the graph has found its place and the findings are there.
func (b *bed) edit(id string, options ...browsertest.Option) *browsertest.Page {
	b.Helper()
	p := b.open("/workflows/"+id, options...)
	b.ready(p)
	return p
}

func (b *bed) ready(p *browsertest.Page) {
	b.Helper()
	p.SeeAt(node("$source"))
	p.Until("the findings are there", `/problem|error|warning/i.test(document.querySelector('[data-testid="problems-tab"]')?.textContent)`)
	p.Until("the graph stands still", `new Promise(done => {
		const where = () => document.querySelector(".react-flow__viewport").style.transform, before = where();
		setTimeout(() => done(before === where()), 100);
	})`)
}

// choose selects an action with the mouse.
func choose(p *browsertest.Page, id string) {
	p.ClickAt(node(id))
	p.SeeAt(".react-flow__node.selected " + node(id))
}

// saved waits until a page knows that it has saved a version.
func (b *bed) saved(p *browsertest.Page, version int) {
	b.Helper()
	p.ReadAt(browsertest.Test("doc-state"), fmt.Sprint("Version ", version))
}
