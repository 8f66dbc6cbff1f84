package workflowkit_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/workflowkit/workflowkit-go/workflowkit"
	"github.com/workflowkit/workflowkit-go/workflowkit/workflowkittest"
)

const password, token = `pass"word-1`, "token-12345"

// secretActions are actions with secrets: login has a secret input, and a secret in its output; use has neither, and does
// what its input says.
func secretActions(seen map[string]string) []workflowkit.Action {
	login := workflowkit.DefineUntyped(workflowkit.Spec{
		Kind: "login",
		Inputs: workflowkit.Inputs{
			{Name: "user", Type: json.RawMessage(`{"type":"string"}`)},
			{Name: "password", Type: json.RawMessage(`{"type":"string","maxLength":20,"writeOnly":true}`)},
		},
		Outputs: json.RawMessage(`{"type":"object","properties":{"user":{"type":"string"},"session":{"$ref":"#/$defs/session"}},` +
			`"$defs":{"session":{"allOf":[{"properties":{"token":{"x-secret":true}}}]}}}`),
	}, func(_ context.Context, run *workflowkit.Run, in map[string]any) (any, error) {
		seen[run.Action.ID] = fmt.Sprint(in["password"])
		if in["user"] == "fail" {
			return nil, workflowkit.NoRetryError(fmt.Errorf("no user with %v", in["password"]))
		}
		return map[string]any{"user": in["user"], "session": map[string]any{"token": token, "days": 3}}, nil
	})
	use := workflowkit.DefineUntyped(workflowkit.Spec{Kind: "use"}, func(ctx context.Context, run *workflowkit.Run, in map[string]any) (any, error) {
		raw, err := json.Marshal(in)
		if err != nil {
			return nil, err
		}
		seen[run.Action.ID] = string(raw)
		switch in["do"] {
		case "fail":
			return nil, workflowkit.NoRetryError(fmt.Errorf("refused: %v", in["key"]))
		case "fail in a step":
			return nil, workflowkit.Do(ctx, "call", func(context.Context) error { return fmt.Errorf("refused: %v", in["key"]) })
		case "fail again and again":
			return nil, fmt.Errorf("refused: %v", in["key"])
		case "panic":
			panic(fmt.Sprintf("no idea what to do with %v", in["key"]))
		}
		return "used", nil
	})
	strict := workflowkit.DefineUntyped(workflowkit.Spec{
		Kind:   "strict",
		Inputs: workflowkit.Inputs{{Name: "key", Type: json.RawMessage(`{"type":"string","pattern":"^x"}`)}},
	}, func(context.Context, *workflowkit.Run, map[string]any) (any, error) { return nil, nil })
	return []workflowkit.Action{login, use, strict}
}

// Secrets stay out of results, transitions and logs, wherever a workflow carries them. Handlers get them.
func TestSecretsAreNotShown(t *testing.T) {
	t.Parallel()
	use := func(inputs string) string {
		return `{"actions": [{"id": "in", "kind": "login", "inputs": {"user": "ada", "password": "!ref($.event.data.password)"}},
			{"id": "out", "kind": "use", "inputs": ` + inputs + `}], "edges": [{"from": "$source", "to": "in"}, {"from": "in", "to": "out"}]}`
	}
	for name, tc := range map[string]struct {
		definition string
		inputs     string // of the second action, as they may be seen
		err        string
		reason     string // of the second edge
	}{
		"a whole value":          {definition: use(`{"key": "!ref($.state.in.session.token)"}`), inputs: `{"key":"[secret]"}`},
		"in a text":              {definition: use(`{"key": "Bearer !ref($.state.in.session.token)!"}`), inputs: `{"key":"Bearer [secret]!"}`},
		"in an object":           {definition: use(`{"key": "!ref($.state.in)"}`), inputs: `{"key":{"session":{"days":3,"token":"[secret]"},"user":"ada"}}`},
		"in an object in a text": {definition: use(`{"key": "got !ref($.state.in.session)"}`), inputs: `{"key":"got {\"days\":3,\"token\":\"[secret]\"}"}`},
		"in a query":             {definition: use(`{"key": ["!ref($.state.in..token)"]}`), inputs: `{"key":["[secret]"]}`},
		"in an error":            {definition: use(`{"do": "fail", "key": "!ref($.state.in.session.token)"}`), inputs: `{"do":"fail","key":"[secret]"}`, err: "refused: [secret]"},
		"in the error of a step": {definition: use(`{"do": "fail in a step", "key": "Bearer !ref($.state.in.session.token)"}`), inputs: `{"do":"fail in a step","key":"Bearer [secret]"}`, err: `step "call": refused: [secret]`},
		"in an error that is retried": {
			definition: use(`{"do": "fail again and again", "key": "!ref($.state.in.session.token)"}`), inputs: `{"do":"fail again and again","key":"[secret]"}`, err: "refused: [secret]",
		},
		"in a panic": {definition: use(`{"do": "panic", "key": "!ref($.state.in.session.token)"}`), inputs: `{"do":"panic","key":"[secret]"}`, err: "panic: no idea what to do with [secret]"},
		"in an input that does not fit": {
			definition: strings.ReplaceAll(use(`{"key": "!ref($.state.in.session.token)"}`), `"use"`, `"strict"`),
			err:        `inputs of action "out" (kind "strict"): /key: input "key": does not fit the schema, found "[secret]" [input_type]`,
		},
		"in a reason": {
			definition: strings.Replace(use(`{}`), `"to": "out"`, `"to": "out", "conditional": {"type": "match", "ref": "!ref($.output.session.token)", "value": "`+token+`"}`, 1),
			inputs:     `{}`, reason: `match: "[secret]" equals "[secret]"`,
		},
		"in the reason of a condition": {
			definition: strings.Replace(use(`{}`), `"to": "out"`, `"to": "out", "conditional": {"type": "if", "ref": "!ref($.output.session)"}`, 1),
			inputs:     `{}`, reason: `if: {"days":3,"token":"[secret]"} is true`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var logs bytes.Buffer
			seen, told := map[string]string{}, &transitions{}
			engine, err := workflowkit.New(workflowkit.WithActions(secretActions(seen)...), workflowkit.WithObservers(told),
				workflowkit.WithLogger(slog.New(slog.NewTextHandler(&logs, &slog.HandlerOptions{Level: slog.LevelDebug}))))
			if err != nil {
				t.Fatal(err)
			}
			data, err := json.Marshal(map[string]any{"password": password})
			if err != nil {
				t.Fatal(err)
			}
			result, runErr := workflowkittest.Run(t.Context(), engine, workflowkit.Event{Name: "e", Data: data},
				workflowkittest.WithWorkflow(tc.definition), workflowkittest.WithReplay(1))
			if result.Run == nil {
				t.Fatal(runErr)
			}
			in, _ := result.Run.Action("in")
			if diff := cmp.Diff(`{"user":"ada","password":"[secret]"}`, string(in.Inputs)); diff != "" {
				t.Errorf("inputs of the first action (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(`{"session":{"days":3,"token":"[secret]"},"user":"ada"}`, string(in.Output)); diff != "" {
				t.Errorf("output of the first action (-want +got):\n%s", diff)
			}
			out, _ := result.Run.Action("out")
			if diff := cmp.Diff([]string{tc.inputs, tc.err}, []string{string(out.Inputs), out.Error}); diff != "" {
				t.Errorf("inputs and error of the second action (-want +got):\n%s", diff)
			}
			if reason := result.Run.Edges[1].Reason; tc.reason != "" && reason != tc.reason {
				t.Errorf("reason %s, want %s", reason, tc.reason)
			}
			for _, t := range told.list {
				t.Event = workflowkit.Event{} // as it came in, with everything that its sender has put into it
				logs.Write(raw(panics{}, t))
			}
			logs.Write(raw(panics{}, result.Run))
			fmt.Fprint(&logs, runErr)
			for _, secret := range []string{token, password, `pass\"word`} {
				if strings.Contains(logs.String(), secret) {
					t.Errorf("%s is shown in\n%s", secret, logs.String())
				}
			}
			if seen["in"] != password || tc.inputs != "{}" && tc.err == "" && !strings.Contains(seen["out"], token) {
				t.Errorf("the handlers got %v", seen)
			}
		})
	}
}

// Where there are secrets, what an error edge leads to is shown with the error that it has seen (rules 13 and 14).
func TestErrorsAreShownBesideSecrets(t *testing.T) {
	t.Parallel()
	const definition = `{"actions": [{"id": "in", "kind": "login", "inputs": {"user": "fail", "password": "!ref($.event.data.password)"}},
		{"id": "out", "kind": "use", "inputs": {"why": "!ref($.state.in.error)", "text": "so: !ref($.state.in.error)"}}],
		"edges": [{"from": "$source", "to": "in"}, {"from": "in", "to": "out", "conditional": {"type": "error"}}]}`
	seen, told := map[string]string{}, &transitions{}
	engine, err := workflowkit.New(quiet(), workflowkit.WithActions(secretActions(seen)...), workflowkit.WithObservers(told))
	if err != nil {
		t.Fatal(err)
	}
	data := raw(t, map[string]any{"password": password})
	result, err := workflowkittest.Run(t.Context(), engine, workflowkit.Event{Name: "e", Data: data}, workflowkittest.WithWorkflow(definition))
	if err != nil {
		t.Fatal(err)
	}
	const want = `{"why":"no user with [secret]","text":"so: no user with [secret]"}`
	if out, _ := result.Run.Action("out"); string(out.Inputs) != want {
		t.Errorf("inputs in the result %s, want %s", out.Inputs, want)
	}
	for _, tr := range told.list {
		if tr.Type == workflowkit.ActionCompleted && string(tr.Inputs) != want {
			t.Errorf("inputs in the transition %s, want %s", tr.Inputs, want)
		}
	}
}

// A secret is found in errors and outputs as it stands in JSON, in a quotation, or in a URL.
func TestSecretsInOtherSpellings(t *testing.T) {
	t.Parallel()
	const secret = "k<e&y>/\u00e9 \"1\"\t"
	html, err := json.Marshal(secret)
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{
		"as it is": secret, "quoted": fmt.Sprintf("%q", secret), "in JSON": string(html),
		"in a query": "https://x?key=" + url.QueryEscape(secret), "in a path": "https://x/" + url.PathEscape(secret) + "/y",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			spec := workflowkit.Spec{Kind: "act", Inputs: workflowkit.Inputs{
				{Name: "key", Type: json.RawMessage(`{"type":"string","x-secret":true}`)}, {Name: "fail", Type: json.RawMessage(`{"type":"boolean"}`)},
			}}
			act := workflowkit.DefineUntyped(spec, func(_ context.Context, _ *workflowkit.Run, in map[string]any) (any, error) {
				if in["fail"] == true {
					return nil, workflowkit.NoRetryError(errors.New("it was " + text))
				}
				return map[string]any{"said": "it was " + text}, nil
			})
			for _, fail := range []bool{true, false} {
				result, _ := workflowkittest.RunAction(t.Context(), act, map[string]any{"key": secret, "fail": fail})
				shown := string(result.Output) + string(raw(t, result.Run))
				if strings.Contains(shown, "e\\u0026y") || strings.Contains(shown, "26y") || strings.Contains(shown, "e&y") {
					t.Errorf("fails %v: %s", fail, shown)
				}
			}
		})
	}
}

// Secrets that are parts of each other, or of what stands for them, are replaced once.
func TestSecretsThatOverlap(t *testing.T) {
	t.Parallel()
	spec := workflowkit.Spec{Kind: "act", Inputs: workflowkit.Inputs{{Name: "keys", Type: json.RawMessage(`{"type":"array","items":{"x-secret":true}}`)}}}
	act := workflowkit.DefineUntyped(spec, func(context.Context, *workflowkit.Run, map[string]any) (any, error) {
		return nil, workflowkit.NoRetryError(errors.New("secret, abcdefgh, abcd, xabcdefghij, defghij, [secret]"))
	})
	result, _ := workflowkittest.RunAction(t.Context(), act, map[string]any{"keys": []string{"secret", "abcdefgh", "abcd", "defghij"}})
	if got, want := result.Run.Actions[0].Error, "[secret], [secret], [secret], x[secret], [secret], [secret]"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
}

// What actions return of the secrets that they have got is secret as well, however many actions pass it on. Short secrets are
// not looked for: they stand everywhere by chance.
func TestSecretsThatAreReturned(t *testing.T) {
	t.Parallel()
	const definition = `{"actions": [
		{"id": "in", "kind": "login", "inputs": {"user": "ada", "password": "!ref($.event.data.password)"}},
		{"id": "pin", "kind": "pin", "inputs": {"pin": 471147, "short": 12}},
		{"id": "a", "kind": "pass", "inputs": {"key": "!ref($.state.in.session.token)", "pins": ["!ref($.state.pin.pin)", 1471147, "!ref($.state.pin.short)"], "fine": "ada"}},
		{"id": "b", "kind": "pass", "inputs": {"from": "!ref($.state.a)", "text": "Bearer !ref($.state.a.key)/!ref($.state.a.pins[0])"}},
		{"id": "c", "kind": "pass", "inputs": {"json": "!ref($.state.b.from)!", "all": "!ref($.state.b)"}}],
		"edges": [{"from": "$source", "to": "in"}, {"from": "in", "to": "pin"}, {"from": "pin", "to": "a"},
			{"from": "a", "to": "b", "conditional": {"type": "if", "ref": "!ref($.output.key)"}},
			{"from": "b", "to": "c", "conditional": {"type": "match", "ref": "!ref($.output.from.key)", "value": "` + token + `"}}]}`
	pin := workflowkit.DefineUntyped(workflowkit.Spec{Kind: "pin", Inputs: workflowkit.Inputs{
		{Name: "pin", Type: json.RawMessage(`{"type":"integer","x-secret":true}`)}, {Name: "short", Type: json.RawMessage(`{"type":"integer","x-secret":true}`)},
	}}, echo)
	seen, told := map[string]string{}, &transitions{}
	pass := workflowkit.DefineUntyped(workflowkit.Spec{Kind: "pass"}, func(_ context.Context, run *workflowkit.Run, in map[string]any) (any, error) {
		seen[run.Action.ID] = string(raw(panics{}, in))
		return in, nil
	})
	engine, err := workflowkit.New(quiet(), workflowkit.WithActions(append(secretActions(seen), pin, pass)...), workflowkit.WithObservers(told))
	if err != nil {
		t.Fatal(err)
	}
	result, err := workflowkittest.Run(t.Context(), engine, workflowkit.Event{Name: "e", Data: raw(t, map[string]any{"password": password})},
		workflowkittest.WithWorkflow(definition), workflowkittest.WithReplay(1))
	if err != nil {
		t.Fatal(err)
	}
	for id, want := range map[string]string{
		"pin": `{"pin":"[secret]","short":12}`,
		"a":   `{"fine":"ada","key":"[secret]","pins":["[secret]",1471147,12]}`,
		"b":   `{"from":{"fine":"ada","key":"[secret]","pins":["[secret]",1471147,12]},"text":"[secret]"}`,
	} {
		if got, _ := result.Run.Action(id); string(got.Output) != want {
			t.Errorf("output of %s: %s\nwant %s", id, got.Output, want)
		}
	}
	var shown bytes.Buffer
	for _, tr := range told.list {
		tr.Event = workflowkit.Event{}
		shown.Write(raw(t, tr))
	}
	shown.Write(raw(t, result.Run))
	for _, secret := range []string{token, `pass`, `word-1`, `"471147"`, `:471147`, `[471147`, `/471147`} {
		if at := strings.ReplaceAll(strings.ReplaceAll(shown.String(), `"password"`, ""), `"pass"`, ""); strings.Contains(at, secret) {
			t.Errorf("%s is shown in\n%s", secret, at)
		}
	}
	if !strings.Contains(seen["c"], token) || !strings.Contains(seen["c"], "471147") {
		t.Errorf("the last action got %s", seen["c"])
	}
}

// panics ends a test where an error has no better place to go.
type panics struct{}

func (panics) Fatal(args ...any) { panic(fmt.Sprint(args...)) }

// What is wrong with a secret that stands in the definition is said without it.
func TestProblemsDoNotQuoteSecrets(t *testing.T) {
	t.Parallel()
	engine, err := workflowkit.New(workflowkit.WithActions(secretActions(map[string]string{})...))
	if err != nil {
		t.Fatal(err)
	}
	problems := engine.Validate(json.RawMessage(`{"actions": [{"id": "in", "kind": "login", "inputs": {"password": "` + strings.Repeat("hunter2", 5) + `"}}],
		"edges": [{"from": "$source", "to": "in"}]}`))
	if len(problems) != 1 || strings.Contains(problems[0].Message, "hunter2") || problems[0].Message != `input "password" of action "in": does not fit the schema` {
		t.Errorf("problems: %+v", problems)
	}
}

// The published form of outputs has marks, too, in whatever way it names the types.
func TestSecretsOfPublishedOutputs(t *testing.T) {
	t.Parallel()
	for outputs, want := range map[string]string{
		`{"key":{"type":{"type":"string","x-secret":true},"description":"A key"},"n":{"type":{"type":"number"}}}`: `{"key":"[secret]","n":1}`,
		`{"key":{"type":{"type":"string"},"x-secret":true},"n":{"type":{"type":"number"}}}`:                       `{"key":"[secret]","n":1}`,
		`{"key":{"type":"string","writeOnly":true},"n":{"type":"number","description":"A number"}}`:               `{"key":"[secret]","n":1}`,
		`{"key":{"type":"string"},"n":{"type":"number"}}`:                                                         `{"key":"` + token + `","n":1}`,
		`{"type":"object","properties":{"key":{"writeOnly":true}},"$defs":{"n":{"x-secret":true}}}`:               `{"key":"[secret]","n":1}`,
	} {
		action := workflowkit.DefineUntyped(workflowkit.Spec{Kind: "make", Outputs: json.RawMessage(outputs)},
			func(context.Context, *workflowkit.Run, map[string]any) (any, error) {
				return map[string]any{"key": token, "n": 1}, nil
			})
		result, err := workflowkittest.RunAction(t.Context(), action, nil)
		if err != nil {
			t.Fatal(err)
		}
		if got := string(result.Output); got != want {
			t.Errorf("outputs %s: output %s, want %s", outputs, got, want)
		}
	}
}

// What runs for each item of a list has its secrets, too: in its inputs, in its results, and in what it says of them.
func TestSecretsOfItems(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct{ do, output, err string }{
		"results":                       {`{"kind": "login", "inputs": {"user": "!ref($.item)", "password": "!ref($.event.data.password)"}}`, `{"results":[{"session":{"days":3,"token":"[secret]"},"user":"ada"},{"session":{"days":3,"token":"[secret]"},"user":"bob"}],"errors":[]}`, ""},
		"errors about a secret output":  {`{"kind": "use", "inputs": {"do": "fail", "key": "!ref($.state.in.session.token)"}}`, "", "item 0: refused: [secret]"},
		"errors about a secret input":   {`{"kind": "login", "inputs": {"user": "fail", "password": "!ref($.event.data.password)"}}`, "", `item 0: no user with [secret]`},
		"inputs that do not fit":        {`{"kind": "login", "inputs": {"password": "too long: !ref($.event.data.password) !ref($.item)"}}`, "", `item 0: inputs of action "out/0" (kind "login"): /password: input "password": does not fit the schema, found "[secret]" [input_type]`},
		"a secret that is in the items": {`{"kind": "strict", "inputs": {"key": "!ref($.item)"}}`, "", `item 0: inputs of action "out/0" (kind "strict"): /key: input "key": does not fit the schema, found "[secret]" [input_type]`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var logs bytes.Buffer
			told := &transitions{}
			engine, err := workflowkit.New(workflowkit.WithActions(secretActions(map[string]string{})...), workflowkit.WithObservers(told),
				workflowkit.WithLogger(slog.New(slog.NewTextHandler(&logs, nil))))
			if err != nil {
				t.Fatal(err)
			}
			items := `["ada","bob"]`
			if strings.HasPrefix(name, "a secret") {
				items = `["!ref($.state.in.session.token)"]`
			}
			result, runErr := workflowkittest.Run(t.Context(), engine, workflowkit.Event{Name: "e", Data: raw(t, map[string]any{"password": password})},
				workflowkittest.WithWorkflow(`{"actions": [{"id": "in", "kind": "login", "inputs": {"user": "ada"}},
					{"id": "out", "kind": "builtin:for_each", "inputs": {"items": `+items+`, "action": `+tc.do+`}}],
					"edges": [{"from": "$source", "to": "in"}, {"from": "in", "to": "out"}]}`), workflowkittest.WithReplay(1))
			if result.Run == nil {
				t.Fatal(runErr)
			}
			out, _ := result.Run.Action("out")
			if diff := cmp.Diff([]string{tc.output, tc.err}, []string{string(out.Output), out.Error}); diff != "" {
				t.Errorf("output and error (-want +got):\n%s", diff)
			}
			for _, told := range told.list {
				told.Event = workflowkit.Event{}
				logs.Write(raw(t, told))
			}
			logs.Write(raw(t, result.Run))
			for _, secret := range []string{token, password, `pass\"word`} {
				if strings.Contains(logs.String(), secret) {
					t.Errorf("%s is shown in\n%s", secret, logs.String())
				}
			}
		})
	}
}

// A workflow that runs for each item of a list keeps the secrets that come to it in its event: in inputs, in the reasons of
// edges, and in errors.
func TestSecretsOfItemsOfWorkflows(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct{ each, inner, want string }{
		"an item": {
			`"items": ["!ref($.state.in.session.token)"]`, `{"do": "use", "key": "!ref($.event.data.item)"}`,
			`"inputs":{"do":"use","key":"[secret]"},"output":"used"`,
		},
		"a part of an item": {
			`"items": [{"a": {"b": "!ref($.state.in.session.token)"}}]`, `{"key": "Bearer !ref($.event.data.item.a.b) !ref($.event.data.index)"}`,
			`"inputs":{"key":"Bearer [secret] 0"}`,
		},
		"data": {
			`"items": [1], "data": {"token": "!ref($.state.in.session.token)", "n": "!ref($.item)"}`, `{"key": "!ref($.event.data)"}`,
			`"inputs":{"key":{"token":"[secret]","n":1}}`,
		},
		"an error": {
			`"items": ["!ref($.state.in.session.token)"]`, `{"do": "fail", "key": "!ref($.event.data.item)"}`,
			`item 0: action \"u\" (kind \"use\"): refused: [secret]`,
		},
		"the reason of an edge": {
			`"items": ["!ref($.state.in.session.token)"]`, `{}`, `"reason":"if: \"[secret]\" is true"`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			seen := map[string]string{}
			stored := &library{start: "outer", workflows: map[string]string{
				"outer": `{"actions": [{"id": "in", "kind": "login", "inputs": {"user": "ada"}},
					{"id": "out", "kind": "builtin:for_each", "inputs": {"workflow": "inner", ` + tc.each + `}}],
					"edges": [{"from": "$source", "to": "in"}, {"from": "in", "to": "out"}]}`,
				"inner": `{"actions": [{"id": "u", "kind": "use", "inputs": ` + tc.inner + `}],
					"edges": [{"from": "$source", "to": "u", "conditional": {"type": "if", "ref": "!ref($.event.data.item)"}},
						{"from": "$source", "to": "u", "conditional": {"type": "else", "ref": "!ref($.event.data.item)"}}]}`,
			}}
			engine, err := workflowkit.New(quiet(), workflowkit.WithActions(secretActions(seen)...), workflowkit.WithLoader(stored))
			if err != nil {
				t.Fatal(err)
			}
			result, err := workflowkittest.Run(t.Context(), engine, workflowkit.Event{Name: "e"})
			if result.Run == nil {
				t.Fatal(err)
			}
			if got := string(raw(t, result.Run)); strings.Contains(got, token) || !strings.Contains(got, tc.want) {
				t.Errorf("result %s\nwant %s in it", got, tc.want)
			}
			if got := seen["out/0/u"]; tc.inner != "{}" && !strings.Contains(got, token) {
				t.Errorf("the handler got %s", got)
			}
		})
	}
}
