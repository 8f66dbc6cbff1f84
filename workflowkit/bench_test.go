package workflowkit_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/workflowkit/workflowkit-go/workflowkit"
)

// benchShape returns the parents of each node of a generated workflow; -1 is $source.
type benchShape func(i int) []int

func benchShapes() map[string]benchShape {
	return map[string]benchShape{
		"chain":   func(i int) []int { return []int{i - 1} },
		"fanout":  func(int) []int { return []int{-1} },
		"layered": layered,
	}
}

// layered has layers of ten nodes, each with an edge from three nodes of the layer before.
func layered(i int) []int {
	const width = 10
	if i < width {
		return []int{-1}
	}
	first := (i/width - 1) * width
	return []int{first + i%width, first + (i+1)%width, first + (i+2)%width}
}

// generate writes a workflow of n actions with three inputs each: a literal, a whole-value ref, and a text with a ref.
func generate(n int, parents benchShape) json.RawMessage {
	var b strings.Builder
	b.WriteString(`{"name":"generated","actions":[`)
	for i := range n {
		whole, text := "$.event.data.words", "$.event.data.title"
		if p := parents(i)[0]; p >= 0 {
			whole, text = fmt.Sprintf("$.state.%d.words", p), fmt.Sprintf("$.state.%d.title", p)
		}
		if i > 0 {
			b.WriteByte(',')
		}
		fmt.Fprintf(&b, `{"id":"%d","kind":"work","inputs":{"literal":"formal","words":"!ref(%s)","text":"Title: !ref(%s)"}}`, i, whole, text)
	}
	b.WriteString(`],"edges":[`)
	for i := range n {
		for k, p := range parents(i) {
			from := workflowkit.SourceID
			if p >= 0 {
				from = strconv.Itoa(p)
			}
			if i+k > 0 {
				b.WriteByte(',')
			}
			fmt.Fprintf(&b, `{"from":%q,"to":"%d"}`, from, i)
		}
	}
	b.WriteString("]}")
	return json.RawMessage(b.String())
}

type benchInput struct {
	Literal string `json:"literal"`
	Words   int    `json:"words"`
	Text    string `json:"text"`
}

type benchOutput struct {
	Title string `json:"title"`
	Words int    `json:"words"`
}

// benchEngine has one kind, "work", of one step. It keeps one plan at most, so two definitions in turn are both compiled.
func benchEngine(b *testing.B, options ...workflowkit.Option) *workflowkit.Engine {
	b.Helper()
	options = append(options, workflowkit.WithPlanCache(4), workflowkit.WithActions(workflowkit.Define(workflowkit.Spec{Kind: "work"},
		func(ctx context.Context, _ *workflowkit.Run, in benchInput) (benchOutput, error) {
			words, err := workflowkit.Step(ctx, "count", func(context.Context) (int, error) { return in.Words + 1, nil })
			return benchOutput{Title: "a title", Words: words}, err
		})))
	engine, err := workflowkit.New(options...)
	if err != nil {
		b.Fatal(err)
	}
	return engine
}

func benchEvent() workflowkit.Event {
	return workflowkit.Event{ID: "1", Name: "bench", Data: json.RawMessage(`{"title":"Hello","words":1,"id":"42"}`)}
}

func eachSize(b *testing.B, f func(b *testing.B, n int, definition json.RawMessage)) {
	shapes := benchShapes()
	for _, shape := range []string{"chain", "fanout", "layered"} {
		for _, n := range []int{10, 100, 1000, 10000} {
			b.Run(fmt.Sprintf("%s/%d", shape, n), func(b *testing.B) {
				f(b, n, generate(n, shapes[shape]))
			})
		}
	}
}

// perNode is called before the loop of a benchmark. What it returns is called after it, and reports what a node costs.
func perNode(b *testing.B, n int) func() {
	b.Helper()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	return func() {
		b.Helper()
		runtime.ReadMemStats(&after)
		report := func(total float64, unit string) { b.ReportMetric(total/float64(b.N)/float64(n), unit) }
		report(float64(b.Elapsed().Nanoseconds()), "ns/node")
		report(float64(after.TotalAlloc-before.TotalAlloc), "B/node")
		report(float64(after.Mallocs-before.Mallocs), "allocs/node")
	}
}

// BenchmarkCompile validates a definition that the engine has not seen.
func BenchmarkCompile(b *testing.B) {
	eachSize(b, func(b *testing.B, n int, definition json.RawMessage) {
		engine := benchEngine(b)
		report := perNode(b, n)
		for i := 0; b.Loop(); i++ {
			other := append(append(json.RawMessage(nil), definition[:len(definition)-1]...), fmt.Sprintf(`,"v":%d}`, i)...)
			if err := engine.Validate(other).Err(); err != nil {
				b.Fatal(err)
			}
		}
		report()
	})
}

// BenchmarkRun executes a run whose steps are all executed at once.
func BenchmarkRun(b *testing.B) {
	eachSize(b, func(b *testing.B, n int, definition json.RawMessage) {
		engine := benchEngine(b)
		in := workflowkit.RunInput{RunID: "r", Event: benchEvent(), Definition: &workflowkit.Definition{JSON: definition}}
		engine.Validate(definition) // compiling is measured by itself
		report := perNode(b, n)
		for b.Loop() {
			result, err := engine.Run(context.Background(), direct{}, in)
			if err != nil || len(result.Actions) != n {
				b.Fatal(err)
			}
		}
		report()
	})
}

// BenchmarkRunStub executes a run whose handlers do nothing, so what is measured is the engine.
func BenchmarkRunStub(b *testing.B) {
	eachSize(b, func(b *testing.B, n int, definition json.RawMessage) {
		output := json.RawMessage(`{"title":"a title","words":3}`)
		engine, err := workflowkit.New(workflowkit.WithActions(workflowkit.DefineUntyped(workflowkit.Spec{Kind: "work"},
			func(context.Context, *workflowkit.Run, map[string]any) (any, error) { return output, nil })))
		if err != nil {
			b.Fatal(err)
		}
		in := workflowkit.RunInput{RunID: "r", Event: benchEvent(), Definition: &workflowkit.Definition{JSON: definition}}
		engine.Validate(definition) // compiling is measured by itself
		report := perNode(b, n)
		for b.Loop() {
			result, err := engine.Run(context.Background(), direct{}, in)
			if err != nil || len(result.Actions) != n {
				b.Fatal(err)
			}
		}
		report()
	})
}

// replaying answers from memory, and suspends the run at a step that is not there.
type replaying struct {
	direct
	memo map[string]json.RawMessage
}

func (r *replaying) Run(_ context.Context, id string, _ func(ctx context.Context) (json.RawMessage, error)) (json.RawMessage, error) {
	if raw, ok := r.memo[id]; ok {
		return raw, nil
	}
	return nil, workflowkit.ErrSuspended
}

// Failed, Quiet and Planning implement StepFailures.
func (*replaying) Failed(string) bool { return false }
func (*replaying) Quiet() bool        { return true }
func (*replaying) Planning() bool     { return true }

// Result implements StepResults.
func (r *replaying) Result(_ context.Context, id string) (json.RawMessage, bool, error) {
	raw, ok := r.memo[id]
	return raw, ok, nil
}

// BenchmarkReplay executes one pass in which all steps but the last one of a run have results.
func BenchmarkReplay(b *testing.B) {
	eachSize(b, func(b *testing.B, n int, definition json.RawMessage) {
		engine := benchEngine(b)
		in := workflowkit.RunInput{RunID: "r", Event: benchEvent(), Definition: &workflowkit.Definition{JSON: definition}}
		recorded := &remembering{memo: map[string]json.RawMessage{}}
		if _, err := engine.Run(context.Background(), recorded, in); err != nil {
			b.Fatal(err)
		}
		delete(recorded.memo, "$finish")
		delete(recorded.memo, strconv.Itoa(n-1)+"/count")
		tools := &replaying{memo: recorded.memo}
		report := perNode(b, n)
		for b.Loop() {
			if _, err := engine.Run(context.Background(), tools, in); !errors.Is(err, workflowkit.ErrSuspended) {
				b.Fatal(err)
			}
		}
		report()
	})
}

// numbered are tools that number their passes, so that the engine notes times and can tell observers.
type numbered struct{ direct }

func (numbered) Pass() (int, bool)             { return 1, true }
func (numbered) Known() int                    { return 1 }
func (numbered) Watch(workflowkit.StepWatcher) {}
func (numbered) Now() time.Time                { return time.Now() }
func (numbered) Memory() *workflowkit.Memory   { return &workflowkit.Memory{} }

// BenchmarkRunObserved is BenchmarkRun with tools that number their passes, without and with an observer.
func BenchmarkRunObserved(b *testing.B) {
	for name, options := range map[string][]workflowkit.Option{
		"times": nil,
		"told":  {workflowkit.WithObservers(workflowkit.ObserverFunc(func(context.Context, workflowkit.Transition) {}))},
	} {
		b.Run(name, func(b *testing.B) {
			eachSize(b, func(b *testing.B, n int, definition json.RawMessage) {
				engine := benchEngine(b, options...)
				in := workflowkit.RunInput{RunID: "r", Event: benchEvent(), Definition: &workflowkit.Definition{JSON: definition}}
				engine.Validate(definition) // compiling is measured by itself
				report := perNode(b, n)
				for b.Loop() {
					result, err := engine.Run(context.Background(), numbered{}, in)
					if err != nil || len(result.Actions) != n {
						b.Fatal(err)
					}
				}
				report()
			})
		})
	}
}
