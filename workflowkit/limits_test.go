package workflowkit_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/workflowkit/workflowkit-go/workflowkit"
	"github.com/workflowkit/workflowkit-go/workflowkit/workflowkittest"
)

func TestLimits(t *testing.T) {
	t.Parallel()
	small := workflowkit.Limits{Bytes: 1000, Actions: 2, Edges: 2, Depth: 10, Queries: 1}
	cases := map[string]struct {
		doc  string
		want string
	}{
		"within all limits": {doc: after("any", `{"x":"!ref($.event.data..a)"}`)},
		"bytes":             {doc: after("any", `{"x":"`+strings.Repeat("x", 1000)+`"}`), want: "the definition has"},
		"depth":             {doc: after("any", `{"x":`+strings.Repeat("[", 10)+strings.Repeat("]", 10)+`}`), want: "levels deep, at most 10"},
		"actions":           {doc: `{"actions":[{"id":"1","kind":"any"},{"id":"2","kind":"any"},{"id":"3","kind":"any"}],"edges":[]}`, want: "3 actions, at most 2"},
		"edges":             {doc: `{"actions":[{"id":"1","kind":"any"}],"edges":[{},{},{}]}`, want: "3 edges, at most 2"},
		"queries":           {doc: after("any", `{"x":"!ref($.event.data..a)","y":"!ref($.event.data[*])"}`), want: "more than 1 refs have wildcards"},
	}
	engine, err := workflowkit.New(workflowkit.WithLimits(small), workflowkit.WithActions(
		workflowkit.DefineUntyped(workflowkit.Spec{Kind: "any"}, echo), workflowkit.DefineUntyped(workflowkit.Spec{Kind: "typed"}, echo)))
	if err != nil {
		t.Fatal(err)
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			problems := engine.Validate(json.RawMessage(tc.doc))
			if tc.want == "" {
				if len(problems) > 0 {
					t.Errorf("got %v", problems)
				}
				return
			}
			found := false
			for _, p := range problems {
				found = found || p.Code == workflowkit.CodeTooLarge && strings.Contains(p.Message, tc.want)
			}
			if !found {
				t.Errorf("no finding too_large with %q: %v", tc.want, problems)
			}
		})
	}
	if _, err := workflowkit.New(workflowkit.WithLimits(workflowkit.Limits{Queries: -1})); err == nil {
		t.Error("a negative limit is accepted")
	}
}

// TestInputsCannotGrowWithoutEnd runs actions that return their inputs, each of which quotes the one before it twice: the
// text would have 2^60 bytes.
func TestInputsCannotGrowWithoutEnd(t *testing.T) {
	t.Parallel()
	for name, input := range map[string]string{
		"in a text":  `"!ref($.state.%[1]d)!ref($.state.%[1]d)"`,
		"as a value": `["!ref($.state.%[1]d)","!ref($.state.%[1]d)"]`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var actions, edges []string
			for i := range 60 {
				in, from := `"start"`, "$source"
				if i > 0 {
					in, from = fmt.Sprintf(input, i-1), fmt.Sprint(i-1)
				}
				actions = append(actions, fmt.Sprintf(`{"id":"%d","kind":"echo","inputs":{"in":%s}}`, i, in))
				edges = append(edges, fmt.Sprintf(`{"from":%q,"to":"%d"}`, from, i))
			}
			definition := fmt.Sprintf(`{"actions":[%s],"edges":[%s]}`, strings.Join(actions, ","), strings.Join(edges, ","))
			_, err := workflowkittest.Run(t.Context(), echoEngine(t, workflowkit.WithLimits(workflowkit.Limits{Inputs: 1 << 16})), workflowkit.Event{Name: "test"},
				workflowkittest.WithWorkflow(definition))
			var failed *workflowkit.InputError
			if !errors.As(err, &failed) || failed.Problems[0].Code != workflowkit.CodeTooLarge {
				t.Errorf("got %v, want an InputError about the size", err)
			}
		})
	}
}

// slowDocuments are documents that are made to be slow, within the default limits.
func slowDocuments() map[string]func() string {
	list := func(n int, f func(i int) string) string {
		var b strings.Builder
		for i := range n {
			if i > 0 {
				b.WriteByte(',')
			}
			b.WriteString(f(i))
		}
		return b.String()
	}
	doc := func(actions, edges string) string { return `{"actions":[` + actions + `],"edges":[` + edges + `]}` }
	action := func(i int) string { return fmt.Sprintf(`{"id":"%d","kind":"any"}`, i) }
	chain := func(i int) string { return fmt.Sprintf(`{"from":"%d","to":"%d"}`, i, i+1) }
	return map[string]func() string{
		"20,000 actions in a chain, each with a ref to the first and to one far back": func() string {
			return doc(list(20_000, func(i int) string {
				return fmt.Sprintf(`{"id":"%d","kind":"any","inputs":{"a":"!ref($.state.0)","b":"!ref($.state.%d)"}}`, i, i*7919%(i+1))
			}), `{"from":"$source","to":"0"},`+list(19_999, chain))
		},
		"20,000 actions with refs to actions beside them": func() string {
			return doc(list(20_000, func(i int) string {
				return fmt.Sprintf(`{"id":"%d","kind":"any","inputs":{"a":"!ref($.state.%d)"}}`, i, 19_999-i)
			}), list(20_000, func(i int) string { return fmt.Sprintf(`{"from":"$source","to":"%d"}`, i) }))
		},
		"90,000 edges between the same two actions": func() string {
			return doc(action(0)+","+action(1), `{"from":"$source","to":"0"},`+list(45_000, func(int) string { return `{"from":"0","to":"1"}` }))
		},
		"30,000 conditions between the same two actions": func() string {
			return doc(action(0)+","+action(1), `{"from":"$source","to":"0"},`+list(30_000, func(i int) string {
				return fmt.Sprintf(`{"from":"0","to":"1","conditional":{"type":"match","ref":"!ref($)","value":%d}}`, i)
			}))
		},
		"100,000 inputs with refs of one action": func() string {
			return doc(`{"id":"0","kind":"any","inputs":{`+list(100_000, func(i int) string {
				return fmt.Sprintf(`"i%d":"!ref($.event)"`, i)
			})+`}}`, `{"from":"$source","to":"0"}`)
		},
		"60,000 edges to actions that are not there": func() string {
			return doc(list(10_000, action), list(60_000, func(i int) string { return fmt.Sprintf(`{"from":"$source","to":"x%d"}`, i) }))
		},
		"10,000 unknown kinds": func() string {
			return doc(list(10_000, func(i int) string { return fmt.Sprintf(`{"id":"%d","kind":"kind-%d"}`, i, i) }), `{"from":"$source","to":"0"}`)
		},
		"a cycle of 20,000": func() string {
			return doc(list(20_000, action), `{"from":"$source","to":"0"},{"from":"19999","to":"0"},`+list(19_999, chain))
		},
		"ids of 100,000 bytes": func() string {
			long := strings.Repeat("x", 100_000)
			return doc(fmt.Sprintf(`{"id":%q,"kind":"nothing","inputs":{%s}}`, long, list(5000, func(i int) string { return fmt.Sprintf(`"n%d":1`, i) })), `{}`)
		},
		"an input with 100,000 members": func() string {
			return doc(fmt.Sprintf(`{"id":"0","kind":"any","inputs":{%s}}`, list(100_000, func(i int) string { return fmt.Sprintf(`"n%d":1`, i) })), `{"from":"$source","to":"0"}`)
		},
		"300,000 refs that do not parse": func() string {
			return doc(fmt.Sprintf(`{"id":"0","kind":"any","inputs":{"x":"%s"}}`, strings.Repeat("!ref(x)", 300_000)), `{"from":"$source","to":"0"}`)
		},
		"400,000 starts of refs": func() string {
			return doc(fmt.Sprintf(`{"id":"0","kind":"any","inputs":{"x":"%s"}}`, strings.Repeat("!ref(", 400_000)), `{"from":"$source","to":"0"}`)
		},
		"200,000 refs in one text": func() string {
			return doc(fmt.Sprintf(`{"id":"0","kind":"any","inputs":{"x":"%s"}}`, strings.Repeat("!ref($.event)", 200_000)), `{"from":"$source","to":"0"}`)
		},
		"50,000 items of the wrong type beside refs": func() string {
			return doc(fmt.Sprintf(`{"id":"0","kind":"typed","inputs":{"text":"x","tags":[%s]}}`, list(50_000, func(int) string { return `1,"!ref($.event.name)"` })), `{"from":"$source","to":"0"}`)
		},
		"a deep rule": func() string {
			return doc(`{"id":"0","kind":"builtin:if","inputs":{"condition":`+strings.Repeat(`{"!":`, 90)+"1"+strings.Repeat("}", 90)+`}}`, `{"from":"$source","to":"0"}`)
		},
		"a rule with 50,000 vars": func() string {
			return doc(`{"id":"0","kind":"builtin:if","inputs":{"condition":{"and":[`+list(50_000, func(i int) string { return fmt.Sprintf(`{"var":"state.%d"}`, i) })+`]}}}`, `{"from":"$source","to":"0"}`)
		},
		"500,000 empty objects": func() string {
			return doc(list(19_999, func(int) string { return "{}" }), list(99_999, func(int) string { return "{}" }))
		},
		"deeper than any parser goes": func() string { return strings.Repeat("[", 1_000_000) },
	}
}

func TestHostileDocuments(t *testing.T) {
	if testing.Short() {
		t.Skip("takes seconds")
	}
	engine := judge(t)
	for name, build := range slowDocuments() {
		t.Run(name, func(t *testing.T) {
			doc := json.RawMessage(build())
			start := time.Now()
			problems := engine.Validate(doc)
			took := time.Since(start)
			t.Logf("%d bytes, %d findings, %v", len(doc), len(problems), took)
			// A table of all pairs, or a comparison of each with each, would take minutes.
			if took > 2*time.Minute {
				t.Errorf("took %v", took)
			}
			size := 0
			for _, p := range problems {
				size += len(p.Message) + len(p.ID) + len(p.Path) + len(p.Hint)
			}
			if len(problems) > 1001 || size > 1<<20 {
				t.Errorf("the report has %d findings and %d bytes", len(problems), size)
			}
			if err := problems.Err(); err != nil && len(err.Error()) > 100_000 {
				t.Errorf("the error has %d bytes", len(err.Error()))
			}
		})
	}
}

// FuzzValidate holds the whole of validation, and what follows it, to end without a panic whatever the document.
func FuzzValidate(f *testing.F) {
	for _, tc := range validateCases() {
		f.Add([]byte(tc.doc))
	}
	engine := judge(f)
	f.Fuzz(func(t *testing.T, doc []byte) {
		problems := engine.Validate(doc)
		for _, p := range problems {
			checkPointer(t, string(doc), p)
		}
		again := engine.Validate(append([]byte(nil), doc...))
		if fmt.Sprint(problems) != fmt.Sprint(again) {
			t.Error("another look finds something else")
		}
		in := workflowkit.RunInput{RunID: "r", Event: workflowkit.Event{Name: "test"}, Definition: &workflowkit.Definition{JSON: doc}}
		_, err := engine.Run(context.Background(), direct{}, in)
		var invalid *workflowkit.InvalidError
		if errors.As(err, &invalid) != (len(problems.Errors()) > 0) && json.Valid(doc) {
			t.Errorf("the run says %v, validation %v", err, problems)
		}
	})
}

// TestInputsOfARunAreBounded runs many actions that refer to the same large text: the result would hold it many times. An
// error edge changes nothing, as which action meets the limit can differ from pass to pass.
func TestInputsOfARunAreBounded(t *testing.T) {
	t.Parallel()
	event := workflowkit.Event{Name: "test", Data: json.RawMessage(`{"text":"` + strings.Repeat("x", 1000) + `"}`)}
	var actions, edges, handled []string
	for i := range 20 {
		actions = append(actions, fmt.Sprintf(`{"id":"%d","kind":"echo","inputs":{"in":"!ref($.event.data.text)"}}`, i))
		edges = append(edges, fmt.Sprintf(`{"from":"$source","to":"%d"}`, i))
		handled = append(handled, fmt.Sprintf(`{"from":"%d","to":"end","conditional":{"type":"error"}}`, i))
	}
	plain := fmt.Sprintf(`{"actions":[%s],"edges":[%s]}`, strings.Join(actions, ","), strings.Join(edges, ","))
	withEdges := fmt.Sprintf(`{"actions":[%s,{"id":"end","kind":"echo"}],"edges":[%s,%s]}`,
		strings.Join(actions, ","), strings.Join(edges, ","), strings.Join(handled, ","))
	each := func(more string) (definition, item string) {
		return `{"actions":[{"id":"each","kind":"builtin:for_each","inputs":{"items":[1,2,3],"workflow":"w"` + more +
			`,"data":{"text":"!ref($.event.data.text)"}}}],"edges":[{"from":"$source","to":"each"}]}`, plain
	}
	failing, item := each("")
	collecting, _ := each(`,"errors":"collect"`)
	for name, tc := range map[string]struct {
		definition string
		most       int
		fails      bool
	}{
		"enough":                 {definition: plain, most: 25_000},
		"too little":             {definition: plain, most: 10_000, fails: true},
		"with error edges":       {definition: withEdges, most: 10_000, fails: true},
		"in workflows of items":  {definition: failing, most: 50_000, fails: true},
		"where errors are noted": {definition: collecting, most: 50_000, fails: true},
		"enough for all items":   {definition: collecting, most: 90_000},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			engine := echoEngine(t, workflowkit.WithLimits(workflowkit.Limits{Run: tc.most}), workflowkit.WithLoader(&library{
				start: "start", workflows: map[string]string{"start": tc.definition, "w": item},
			}))
			_, err := workflowkittest.Run(t.Context(), engine, event)
			if tc.fails != (err != nil) || err != nil && !strings.Contains(err.Error(), "the inputs of all actions so far have more than") {
				t.Errorf("got %v", err)
			}
		})
	}
}
