package inngest_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/workflowkit/workflowkit-go/inngest"
	"github.com/workflowkit/workflowkit-go/workflowkit"
)

type benchInput struct {
	Literal string `json:"literal"`
	Words   int    `json:"words"`
	Text    string `json:"text"`
}

type benchOutput struct {
	Title string `json:"title"`
	Words int    `json:"words"`
}

// benchChain returns a chain of n actions with three inputs each: a literal, a whole-value ref, and a text with a ref.
func benchChain(n int) json.RawMessage {
	var actions, edges []string
	for i := range n {
		from, words, title := fmt.Sprint(i-1), fmt.Sprintf("$.state.%d.words", i-1), fmt.Sprintf("$.state.%d.title", i-1)
		if i == 0 {
			from, words, title = workflowkit.SourceID, "$.event.data.words", "$.event.data.title"
		}
		actions = append(actions, fmt.Sprintf(
			`{"id":"%d","kind":"work","inputs":{"literal":"formal","words":"!ref(%s)","text":"Title: !ref(%s)"}}`, i, words, title))
		edges = append(edges, fmt.Sprintf(`{"from":%q,"to":"%d"}`, from, i))
	}
	return json.RawMessage(`{"actions":[` + strings.Join(actions, ",") + `],"edges":[` + strings.Join(edges, ",") + `]}`)
}

// benchCall is the body of a call in the middle of a run.
type benchCall struct {
	handler http.Handler
	steps   map[string]json.RawMessage
	stack   []string
}

func (c *benchCall) body(b *testing.B) []byte {
	b.Helper()
	event := json.RawMessage(`{"name":"e","data":{"title":"Hello","words":1},"id":"event-1","ts":1700000000000,"user":{}}`)
	raw, err := json.Marshal(map[string]any{
		"ctx": map[string]any{
			"run_id": "run-1", "fn_id": "1eb5850f-a35c-59f3-80f8-e993ff918517", "attempt": 0, "max_attempts": 5, "step_id": "step",
			"stack": map[string]any{"stack": c.stack, "current": len(c.stack)},
		},
		"steps": c.steps, "event": event, "events": []json.RawMessage{event}, "version": 2,
	})
	if err != nil {
		b.Fatal(err)
	}
	return raw
}

// call makes a call and returns its answer.
func (c *benchCall) call(b *testing.B, body []byte) *httptest.ResponseRecorder {
	b.Helper()
	req := httptest.NewRequest(http.MethodPost, "http://localhost/?fnId=app-fn&step=step&stepId=step", bytes.NewReader(body))
	answer := httptest.NewRecorder()
	c.handler.ServeHTTP(answer, req)
	return answer
}

// advance makes calls until so many steps have a result.
func (c *benchCall) advance(b *testing.B, steps int) {
	b.Helper()
	for len(c.steps) < steps {
		answer := c.call(b, c.body(b))
		var ops []struct {
			ID   string
			Data json.RawMessage
		}
		if err := json.Unmarshal(answer.Body.Bytes(), &ops); err != nil || answer.Code != http.StatusPartialContent || len(ops) != 1 {
			b.Fatalf("%d %s (%v)", answer.Code, answer.Body, err)
		}
		c.steps[ops[0].ID], c.stack = json.RawMessage(`{"data":`+string(ops[0].Data)+`}`), append(c.stack, ops[0].ID)
	}
}

// BenchmarkReplay makes a call of a run all of whose steps but the last have results, from the body of the request to the
// answer. BenchmarkDecode is the part of it that reads the request.
func BenchmarkReplay(b *testing.B) {
	for _, n := range []int{10, 100, 1000} {
		b.Run(fmt.Sprintf("chain/%d", n), func(b *testing.B) {
			client, err := inngest.NewClient(inngest.Config{
				AppID: "app", Getenv: environment("INNGEST_DEV", "1"), Logger: slog.New(slog.DiscardHandler),
			})
			if err != nil {
				b.Fatal(err)
			}
			engine, err := workflowkit.New(
				workflowkit.WithLoader(workflowkit.LoaderFunc(func(context.Context, workflowkit.Event) (*workflowkit.Definition, error) {
					return &workflowkit.Definition{JSON: benchChain(n)}, nil
				})),
				workflowkit.WithActions(workflowkit.Define(workflowkit.Spec{Kind: "work"},
					func(ctx context.Context, _ *workflowkit.Run, in benchInput) (benchOutput, error) {
						words, err := workflowkit.Step(ctx, "count", func(context.Context) (int, error) { return in.Words + 1, nil })
						return benchOutput{Title: "a title", Words: words}, err
					})))
			if err != nil {
				b.Fatal(err)
			}
			if err := inngest.Register(client, engine, inngest.Function{ID: "fn", Events: []string{"e"}, Checkpoints: inngest.CheckpointOff}); err != nil {
				b.Fatal(err)
			}
			c := &benchCall{handler: client.Handler(), steps: map[string]json.RawMessage{}}
			c.advance(b, n)
			body := c.body(b)
			b.SetBytes(int64(len(body)))
			b.ReportAllocs()
			for b.Loop() {
				if answer := c.call(b, body); answer.Code != http.StatusPartialContent {
					b.Fatal(answer.Code, answer.Body)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(n), "ns/node")
		})
	}
}
