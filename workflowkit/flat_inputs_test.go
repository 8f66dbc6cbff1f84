package workflowkit_test

import (
	"context"
	"encoding/json"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/workflowkit/workflowkit-go/workflowkit"
)

// flatInputs are of every type that is filled field by field.
type flatInputs struct {
	Text  string  `json:"text,omitempty"`
	Note  string  `json:"note,omitempty"`
	Count int     `json:"count,omitempty"`
	Small int8    `json:"small,omitempty"`
	Size  uint16  `json:"size,omitempty"`
	Score float64 `json:"score,omitempty"`
	Flag  bool    `json:"flag,omitempty"`
}

// TestHandlersGetTheInputsOfTheResult: what a handler's struct is filled with is what the inputs say that the result shows
// (rule 9), whether they are literals, refs, or texts with refs, and in every pass.
func TestHandlersGetTheInputsOfTheResult(t *testing.T) {
	t.Parallel()
	var got flatInputs
	calls := 0
	engine, err := workflowkit.New(workflowkit.WithActions(workflowkit.Define(workflowkit.Spec{Kind: "flat"},
		func(_ context.Context, _ *workflowkit.Run, in flatInputs) (struct{}, error) {
			got = in
			calls++
			return struct{}{}, nil
		})))
	if err != nil {
		t.Fatal(err)
	}
	text := rapid.SampledFrom([]string{`""`, `"a text"`, `"é\n\"\\"`, `"\ud83d\ude00"`, `"<&>"`, `"7"`, `"!ref"`})
	values := map[string]*rapid.Generator[string]{
		"text": text, "note": text,
		"count": rapid.SampledFrom([]string{`0`, `-0`, `7`, `-12345678901`, `9223372036854775807`, `9223372036854775808`, `1.0`, `1e2`}),
		"small": rapid.SampledFrom([]string{`0`, `127`, `-128`, `128`, `-129`}),
		"size":  rapid.SampledFrom([]string{`0`, `65535`, `65536`, `-1`}),
		"score": rapid.SampledFrom([]string{`0`, `1`, `-2.5e-3`, `1e400`, `0.1`}),
		"flag":  rapid.SampledFrom([]string{`true`, `false`}),
	}
	rapid.Check(t, func(t *rapid.T) {
		inputs, data := map[string]json.RawMessage{}, map[string]json.RawMessage{}
		for _, name := range []string{"text", "note", "count", "small", "size", "score", "flag"} {
			value := json.RawMessage(values[name].Draw(t, name))
			switch rapid.SampledFrom([]string{"absent", "literal", "ref", "text"}).Draw(t, name+" is") {
			case "literal":
				inputs[name] = value
			case "ref":
				inputs[name], data[name] = json.RawMessage(`"!ref($.event.data.`+name+`)"`), value
			case "text":
				if data[name] = value; name == "text" || name == "note" {
					inputs[name] = json.RawMessage(`"Say: !ref($.event.data.` + name + `), !ref($.event.data.count)!"`)
				}
			}
		}
		definition := marshal(t, map[string]any{
			"actions": []any{map[string]any{"id": "1", "kind": "flat", "inputs": inputs}},
			"edges":   []any{map[string]any{"from": workflowkit.SourceID, "to": "1"}},
		})
		in := workflowkit.RunInput{
			RunID: "r", Event: workflowkit.Event{Name: "e", Data: marshal(t, data)}, Definition: &workflowkit.Definition{JSON: definition},
		}
		for range 2 {
			got, calls = flatInputs{Text: "left over", Count: -1, Flag: true}, 0
			result, err := engine.Run(context.Background(), direct{}, in)
			if result == nil || len(result.Actions) == 0 {
				continue // the workflow is refused
			}
			var want flatInputs
			decodeErr := json.Unmarshal(result.Actions[0].Inputs, &want)
			switch {
			case calls == 0 && decodeErr == nil && err == nil:
				t.Fatalf("the handler was not called for %s", result.Actions[0].Inputs)
			case calls == 1 && decodeErr != nil:
				t.Fatalf("the handler was called for %s: %v", result.Actions[0].Inputs, decodeErr)
			case calls == 1:
				if diff := cmp.Diff(want, got); diff != "" {
					t.Fatalf("%s (-want +got):\n%s", result.Actions[0].Inputs, diff)
				}
			}
		}
	})
}

func marshal(t *rapid.T, value any) json.RawMessage {
	t.Helper()
	raw, err := json.Marshal(value)
	if err != nil {
		t.Fatal(fmt.Errorf("marshal %v: %w", value, err))
	}
	return raw
}
