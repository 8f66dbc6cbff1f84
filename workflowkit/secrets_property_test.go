package workflowkit_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/workflowkit/workflowkit-go/workflowkit"
	"github.com/workflowkit/workflowkit-go/workflowkit/workflowkittest"
)

// Whatever refs carry where, and whatever fails on the way, no secret is in a result or in a transition.
func TestSecretsAreNeverShown(t *testing.T) {
	t.Parallel()
	const secret = "s3cr3t-value"
	// Each output has secrets at several depths, and the same names without one.
	outputs := `{"type":"object","properties":{"key":{"x-secret":true},"open":{"type":"string"},"deep":{"anyOf":[{"properties":{"key":{"writeOnly":true}}},{"type":"null"}]},` +
		`"list":{"type":"array","items":{"$ref":"#/$defs/item"}},"n":{}},"$defs":{"item":{"type":"object","properties":{"key":{"writeOnly":true}},"additionalProperties":true}}}`
	output := json.RawMessage(`{"key":"` + secret + `","open":"visible","deep":{"key":"` + secret + `","n":1},"list":[{"key":"` + secret + `","n":2},{"n":3}],"n":{"key":"visible"}}`)
	inputs := workflowkit.Inputs{
		{Name: "secret", Type: json.RawMessage(`{"writeOnly":true}`)},
		{Name: "strict", Type: json.RawMessage(`{"type":["integer","null"]}`)},
		{Name: "any", Type: json.RawMessage(`{}`)},
		{Name: "mode", Type: json.RawMessage(`{"type":"string"}`)},
	}
	paths := []string{"key", "deep.key", "deep", "list", "list[0].key", "list[*].key", "list[0]", "open", "n.key", "deep['key']"}
	action := workflowkit.DefineUntyped(workflowkit.Spec{Kind: "carry", Inputs: inputs, Outputs: json.RawMessage(outputs)},
		func(ctx context.Context, _ *workflowkit.Run, in map[string]any) (any, error) {
			quote := fmt.Sprintf("cannot use %v, %q and %v", in["secret"], in["any"], in["any"])
			switch in["mode"] {
			case "fail":
				return nil, errors.New(quote)
			case "fail in a step":
				return nil, workflowkit.Do(ctx, "try", func(context.Context) error { return errors.New(quote) })
			case "panic":
				panic(quote)
			}
			return output, nil
		})
	rapid.Check(t, func(t *rapid.T) {
		type object = map[string]any
		var actions, edges []object
		for i := range rapid.IntRange(1, 5).Draw(t, "actions") {
			in := object{"mode": rapid.SampledFrom([]string{"", "", "", "fail", "fail in a step", "panic"}).Draw(t, "mode")}
			from := workflowkit.SourceID
			edge := object{"to": fmt.Sprint(i)}
			if i > 0 {
				earlier := rapid.IntRange(0, i-1).Draw(t, "from")
				from = fmt.Sprint(earlier)
				for _, name := range []string{"secret", "any", "strict"} {
					ref := fmt.Sprintf("!ref($.state.%d.%s)", earlier, rapid.SampledFrom(paths).Draw(t, "path"))
					switch rapid.IntRange(0, 4).Draw(t, "form") {
					case 0:
						in[name] = ref
					case 1:
						in[name] = "Bearer " + ref
					case 2:
						in[name] = []any{object{"x": ref}, ref}
					case 3:
						in[name] = ref + ref
					}
				}
				path := rapid.SampledFrom(paths).Draw(t, "condition")
				switch rapid.IntRange(0, 4).Draw(t, "kind") {
				case 0:
					value := "other"
					if strings.Contains(path, "key") && path != "n.key" {
						value = secret // or else the definition would tell a secret that is none
					}
					edge["conditional"] = object{"type": "match", "ref": "!ref($.output." + path + ")", "value": value}
				case 1:
					edge["conditional"] = object{"type": "if", "ref": "!ref($.output." + path + ")"}
				case 2:
					edge["conditional"] = object{"type": "error"}
				}
			}
			edge["from"] = from
			actions, edges = append(actions, object{"id": fmt.Sprint(i), "kind": "carry", "inputs": in}), append(edges, edge)
		}
		seen := &transitions{}
		engine, err := workflowkit.New(workflowkit.WithActions(action), workflowkit.WithObservers(seen), workflowkit.WithLogger(discard()))
		if err != nil {
			t.Fatal(err)
		}
		definition := string(raw(t, object{"actions": actions, "edges": edges}))
		result, err := workflowkittest.Run(context.Background(), engine, workflowkit.Event{Name: "e"},
			workflowkittest.WithWorkflow(definition), workflowkittest.WithReplay(rapid.Int64().Draw(t, "seed")), workflowkittest.WithRetries(1))
		if result.Run == nil {
			t.Fatal(err)
		}
		shown := fmt.Sprint(err)
		for _, told := range seen.list {
			shown += string(raw(t, told))
		}
		shown += string(raw(t, result.Run))
		if strings.Contains(shown, secret) {
			t.Fatalf("a secret is shown by\n%s\n%s", definition, shown)
		}
	})
}
