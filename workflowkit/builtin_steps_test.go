package workflowkit_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/workflowkit/workflowkit-go/workflowkit"
	"github.com/workflowkit/workflowkit-go/workflowkit/workflowkittest"
)

// runBuiltin runs a workflow of one built-in action, or more, for an event.
func runBuiltin(t *testing.T, definition string, options ...workflowkittest.Option) (*workflowkittest.Result, error) {
	t.Helper()
	engine, err := workflowkit.New(quiet())
	if err != nil {
		t.Fatal(err)
	}
	event := workflowkit.Event{Name: "demo", Data: json.RawMessage(`{"id":"7","plan":"pro","n":9007199254740993}`)}
	return workflowkittest.Run(t.Context(), engine, event, append(options, workflowkittest.WithWorkflow(definition))...)
}

// single is a workflow of one action.
func single(kind, inputs string) string {
	return fmt.Sprintf(`{"actions":[{"id":"1","kind":%q,"inputs":%s}],"edges":[{"from":"$source","to":"1"}]}`, kind, inputs)
}

func TestBuiltinSteps(t *testing.T) {
	t.Parallel()
	answer := func(id string) workflowkit.Event {
		return workflowkit.Event{ID: "e1", Name: "answer", Data: json.RawMessage(`{"id":"` + id + `"}`)}
	}
	cases := map[string]struct {
		kind, inputs string
		options      []workflowkittest.Option
		output       string
		elapsed      time.Duration
		err          string
	}{
		"a delay takes its time": {
			kind: workflowkit.KindDelay, inputs: `{"duration":"1d 30m"}`, output: `{}`, elapsed: 24*time.Hour + 30*time.Minute,
		},
		"a delay until a time": {
			kind: workflowkit.KindDelay, inputs: `{"until":"2026-01-01T06:00:00Z"}`, output: `{}`, elapsed: 6 * time.Hour,
		},
		"a delay until a time in the past does not wait": {
			kind: workflowkit.KindDelay, inputs: `{"until":"2025-01-01T06:00:00Z"}`, output: `{}`,
		},
		"a delay until a time in small letters": {
			kind: workflowkit.KindDelay, inputs: `{"until":"2026-01-01t06:00:00z"}`, output: `{}`, elapsed: 6 * time.Hour,
		},
		"a delay until a leap second": {
			kind: workflowkit.KindDelay, inputs: `{"until":"2026-12-31T23:59:60Z"}`, err: `is not a time such as`,
		},
		"a delay without a time": {
			kind: workflowkit.KindDelay, inputs: `{}`, err: "needs the input \"duration\" or \"until\"",
		},
		"a delay with two times": {
			kind: workflowkit.KindDelay, inputs: `{"duration":"1m","until":"2026-01-01T06:00:00Z"}`, err: "has both the inputs \"duration\" and \"until\"",
		},
		"a wait gets its event": {
			kind: workflowkit.KindWaitForEvent, inputs: `{"event":"answer","match":"data.id"}`,
			options: []workflowkittest.Option{
				workflowkittest.WithEventAfter(time.Minute, answer("8")), workflowkittest.WithEventAfter(time.Hour, answer("7")),
			},
			output: `{"received":true,"event":{"id":"e1","name":"answer","data":{"id":"7"}}}`, elapsed: time.Hour,
		},
		"a wait times out, after a day by default": {
			kind: workflowkit.KindWaitForEvent, inputs: `{"event":"answer"}`,
			output: `{"received":false,"event":null}`, elapsed: 24 * time.Hour,
		},
		"a wait with a condition beside the match": {
			kind: workflowkit.KindWaitForEvent, inputs: `{"event":"answer","match":"data.id","if":"async.data.id == '8' || true","timeout":"2h"}`,
			options: []workflowkittest.Option{workflowkittest.WithEventAfter(time.Minute, answer("8"))},
			output:  `{"received":false,"event":null}`, elapsed: 2 * time.Hour,
		},
		"a match that is no path is not put into an expression": {
			kind: workflowkit.KindWaitForEvent, inputs: `{"event":"answer","match":"data.id || true"}`, err: "is not a path",
		},
		"an event is sent": {
			kind: workflowkit.KindSendEvent, inputs: `{"name":"greeting","data":{"n":"!ref($.event.data.n)"},"id":"g-!ref($.event.data.id)"}`,
			output: `{"id":"g-7"}`,
		},
		"a function is called": {
			kind: workflowkit.KindInvoke, inputs: `{"function":"app-double","data":{"n":"!ref($.event.data.n)"}}`,
			options: []workflowkittest.Option{workflowkittest.WithFunction("app-double", func(data json.RawMessage) (any, error) {
				return data, nil
			})},
			output: `{"result":{"n":9007199254740993}}`,
		},
		"a function that fails": {
			kind: workflowkit.KindInvoke, inputs: `{"function":"app-double"}`,
			options: []workflowkittest.Option{workflowkittest.WithFunction("app-double", func(json.RawMessage) (any, error) {
				return nil, errors.New("no luck")
			})},
			err: "no luck",
		},
		"a switch chooses the first case with the value": {
			kind: workflowkit.KindSwitch, output: `{"case":"paying"}`,
			inputs: `{"value":"!ref($.event.data.plan)","cases":[{"name":"free","value":"free"},{"name":"paying","value":"pro"},{"name":"too late","value":"pro"}]}`,
		},
		"a switch compares digits that a float does not have": {
			kind: workflowkit.KindSwitch, output: `{"case":"default"}`,
			inputs: `{"value":"!ref($.event.data.n)","cases":[{"name":"near","value":9007199254740992}]}`,
		},
		"a switch on a missing value": {
			kind: workflowkit.KindSwitch, inputs: `{"value":"!ref($.event.data.none)","cases":[{"name":"missing","value":null}]}`,
			output: `{"case":"missing"}`,
		},
	}
	for name, tc := range cases {
		for _, mode := range []string{"at once", "with replays"} {
			t.Run(name+"/"+mode, func(t *testing.T) {
				t.Parallel()
				options := tc.options
				if mode == "with replays" {
					options = append(options[:len(options):len(options)], workflowkittest.WithReplay(1))
				}
				result, err := runBuiltin(t, single(tc.kind, tc.inputs), options...)
				if tc.err != "" {
					if err == nil || !strings.Contains(err.Error(), tc.err) {
						t.Fatalf("error %v, want one with %q", err, tc.err)
					}
					return
				}
				if err != nil {
					t.Fatal(err)
				}
				action, _ := result.Run.Action("1")
				if diff := cmp.Diff(tc.output, string(action.Output)); diff != "" {
					t.Errorf("output (-want +got):\n%s", diff)
				}
				if result.Elapsed != tc.elapsed {
					t.Errorf("took %v, want %v", result.Elapsed, tc.elapsed)
				}
				if tc.kind == workflowkit.KindSendEvent {
					if len(result.Sent) != 1 || string(result.Sent[0].Data) != `{"n":9007199254740993}` {
						t.Errorf("sent %+v", result.Sent)
					}
				}
			})
		}
	}
}

func TestBuiltinsTakeTheirEdges(t *testing.T) {
	t.Parallel()
	result, err := runBuiltin(t, `{"actions":[
			{"id":"s","kind":"builtin:switch","inputs":{"value":"!ref($.event.data.plan)","cases":[{"name":"paying","value":"pro"}]}},
			{"id":"w","kind":"builtin:wait_for_event","inputs":{"event":"answer","timeout":"1h"}},
			{"id":"x","kind":"builtin:switch","inputs":{"value":1}},{"id":"y","kind":"builtin:switch","inputs":{"value":1}},{"id":"z","kind":"builtin:switch","inputs":{"value":1}}],
		"edges":[{"from":"$source","to":"s"},
			{"from":"s","to":"w","conditional":{"type":"match","ref":"!ref($.output.case)","value":"paying"}},
			{"from":"s","to":"x","name":"Default","conditional":{"type":"match","ref":"!ref($.output.case)","value":"default"}},
			{"from":"w","to":"y","name":"Received","conditional":{"type":"if","ref":"!ref($.output.received)"}},
			{"from":"w","to":"z","name":"Timed out","conditional":{"type":"else","ref":"!ref($.output.received)"}}]}`)
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]workflowkit.Status{}
	for _, a := range result.Run.Actions {
		got[a.ID] = a.Status
	}
	want := map[string]workflowkit.Status{"s": "completed", "w": "completed", "z": "completed", "x": "skipped", "y": "skipped"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("statuses (-want +got):\n%s", diff)
	}
}

// Every built-in action tells editors what it takes, what it returns, and which edges leave it.
func TestBuiltinsAreDescribed(t *testing.T) {
	t.Parallel()
	engine, err := workflowkit.New()
	if err != nil {
		t.Fatal(err)
	}
	for _, spec := range engine.Catalog() {
		if spec.Name == "" || spec.Description == "" || len(spec.Inputs) == 0 || len(spec.Outputs) == 0 || spec.Edges == nil || len(spec.Edges.Edges) == 0 {
			t.Errorf("%s has no description of something: %+v", spec.Kind, spec)
		}
		for _, edge := range spec.Edges.Edges {
			if edge.Name == "" {
				t.Errorf("%s has a predefined edge without a name", spec.Kind)
			}
		}
	}
}

func TestBuiltinsCanBeTurnedOff(t *testing.T) {
	t.Parallel()
	all := []string{
		workflowkit.KindIf, workflowkit.KindSwitch, workflowkit.KindDelay, workflowkit.KindWaitForEvent,
		workflowkit.KindSendEvent, workflowkit.KindInvoke, workflowkit.KindForEach,
	}
	for _, off := range all {
		engine, err := workflowkit.New(workflowkit.WithoutBuiltins(off))
		if err != nil {
			t.Fatal(err)
		}
		var kinds, want []string
		for _, spec := range engine.Catalog() {
			kinds = append(kinds, spec.Kind)
		}
		for _, kind := range all {
			if kind != off {
				want = append(want, kind)
			}
		}
		if diff := cmp.Diff(want, kinds); diff != "" {
			t.Errorf("without %s (-want +got):\n%s", off, diff)
		}
	}
}

func TestParseDuration(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]time.Duration{
		"90s": 90 * time.Second, " 1d 12h ": 36 * time.Hour, "2w": 14 * 24 * time.Hour, "1h30m": 90 * time.Minute,
		"366d": 366 * 24 * time.Hour,
		"":     0, "1": 0, "d": 0, "1y": 0, "0s": 0, "367d": 0, "1d366d": 0, "99999999999999999999s": 0, "-1d": 0, "1.5h": 0, "1 d": 0,
	} {
		got, err := workflowkit.ParseDuration(text)
		if got != want || (err != nil) != (want == 0) {
			t.Errorf("ParseDuration(%q) = %v, %v", text, got, err)
		}
	}
}

func FuzzParseDuration(f *testing.F) {
	f.Add("1d 12h")
	f.Add("99999999999w9s")
	f.Fuzz(func(t *testing.T, text string) {
		d, err := workflowkit.ParseDuration(text)
		if (err == nil) != (d > 0) || d > 366*24*time.Hour {
			t.Errorf("%q: %v, %v", text, d, err)
		}
	})
}
