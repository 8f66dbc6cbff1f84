package workflowkit_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/workflowkit/workflowkit-go/workflowkit"
	"github.com/workflowkit/workflowkit-go/workflowkit/workflowkittest"
)

// readGolden reads what the published TypeScript engine did; testdata/reference holds the script that asked it.
func readGolden(t *testing.T, name string, v any) {
	t.Helper()
	if err := json.Unmarshal(read(t, "reference/"+name), v); err != nil {
		t.Fatal(err)
	}
}

// scripted is an engine whose only kind returns what it is told to for each action.
func scripted(t *testing.T, outputs map[string]json.RawMessage) *workflowkit.Engine {
	t.Helper()
	engine, err := workflowkit.New(quiet(), workflowkit.WithActions(workflowkit.DefineUntyped(workflowkit.Spec{Kind: "work"},
		func(_ context.Context, run *workflowkit.Run, _ map[string]any) (any, error) {
			return outputs[run.Action.ID], nil
		})))
	if err != nil {
		t.Fatal(err)
	}
	return engine
}

// same compares JSON by value, with the members of objects in any order.
func same(t *testing.T, a, b json.RawMessage) bool {
	t.Helper()
	var x, y any
	for raw, v := range map[*json.RawMessage]*any{&a: &x, &b: &y} {
		decoder := json.NewDecoder(bytes.NewReader(*raw))
		decoder.UseNumber()
		if err := decoder.Decode(v); err != nil {
			t.Fatalf("%s: %v", *raw, err)
		}
	}
	return cmp.Equal(x, y)
}

// On trees in which nothing follows an edge that is not taken, this engine does what the TypeScript engine does: the same
// actions, in the same order (rule 4), with the same resolved inputs (rule 8).
func TestTreesRunAsInTheTypeScriptEngine(t *testing.T) {
	t.Parallel()
	var trees []struct {
		Workflow json.RawMessage            `json:"workflow"`
		Event    workflowkit.Event          `json:"event"`
		Outputs  map[string]json.RawMessage `json:"outputs"`
		Order    []string                   `json:"order"`
		Inputs   map[string]json.RawMessage `json:"inputs"`
	}
	readGolden(t, "trees.golden.json", &trees)
	if len(trees) < 100 {
		t.Fatalf("%d trees, many more are expected", len(trees))
	}
	for _, tree := range trees {
		result, err := workflowkittest.Run(t.Context(), scripted(t, tree.Outputs), tree.Event, workflowkittest.WithWorkflow(string(tree.Workflow)))
		if err != nil {
			t.Fatalf("%s: %v", tree.Workflow, err)
		}
		var order []string
		for _, action := range result.Run.Actions {
			if action.Status != workflowkit.StatusCompleted {
				continue
			}
			order = append(order, action.ID)
			if want := tree.Inputs[action.ID]; want != nil && !same(t, want, action.Inputs) {
				t.Errorf("%s: inputs of %q:\nTypeScript %s\nhere       %s", tree.Workflow, action.ID, want, action.Inputs)
			}
		}
		if diff := cmp.Diff(tree.Order, order); diff != "" {
			t.Errorf("%s: order (-TypeScript +here):\n%s", tree.Workflow, diff)
		}
	}
}

// refCase is what the TypeScript engine made of an input. Finds says what its path leads to.
type refCase struct {
	Path, Finds, Form string
	Input, Value      json.RawMessage
	Missing           bool
	Error             string
}

func (c refCase) embedded() bool {
	return strings.Contains(c.Form, "embedded")
}

// refDifferences are the cases in which the two engines differ on purpose. A case belongs to the first that fits.
var refDifferences = []struct {
	name string
	fits func(c refCase) bool
}{
	{"a value that holds a ref or a replacement pattern is data", func(c refCase) bool {
		return c.embedded() && (c.Finds == "evil" || c.Finds == "dollar")
	}},
	{"a whole ref that finds nothing is null", func(c refCase) bool {
		return c.Finds == "missing" && !c.embedded() && (c.Missing || c.Form == "nested")
	}},
	{"a name may hold a hyphen", func(c refCase) bool { return c.Path == "$.event.data.hy-phen" }},
	{"a ref in a text may have brackets", func(c refCase) bool { return c.embedded() && strings.ContainsAny(c.Path, "['\"") }},
	{"in a text, what is missing or null is nothing", func(c refCase) bool {
		return c.embedded() && (c.Finds == "missing" || c.Finds == "null")
	}},
	{"in a text, an object or a list is compact JSON", func(c refCase) bool {
		return c.embedded() && slices.Contains([]string{"object", "list", "several"}, c.Finds)
	}},
	{"a text may begin and end with a ref", func(c refCase) bool { return c.Form == "two refs" || c.Form == "a bracket behind" }},
}

// Refs find what they find in the TypeScript engine, but for a few differences, each of which has a name.
func TestRefsResolveAsInTheTypeScriptEngine(t *testing.T) {
	t.Parallel()
	var published struct {
		Event   workflowkit.Event          `json:"event"`
		Outputs map[string]json.RawMessage `json:"outputs"`
		Cases   []refCase                  `json:"cases"`
	}
	readGolden(t, "refs.golden.json", &published)
	differences := map[string][]string{}
	agree := 0
	for _, c := range published.Cases {
		got := resolveCase(t, c, published.Event, published.Outputs)
		if c.Error == "" && !c.Missing && same(t, c.Value, got) {
			agree++
			continue
		}
		known := slices.IndexFunc(refDifferences, func(d struct {
			name string
			fits func(c refCase) bool
		},
		) bool {
			return d.fits(c)
		})
		if known < 0 {
			t.Errorf("%s (%s): TypeScript has %s%s (missing: %v), here it is %s", c.Input, c.Form, c.Value, c.Error, c.Missing, got)
			continue
		}
		name := refDifferences[known].name
		theirs := string(c.Value) + c.Error
		if c.Missing {
			theirs = "undefined"
		}
		differences[name] = append(differences[name], fmt.Sprintf("%s\n\tTypeScript  %s\n\there        %s\n", c.Input, theirs, got))
	}
	if agree < len(published.Cases)/2-10 {
		t.Errorf("%d of %d cases agree: more are known to", agree, len(published.Cases))
	}
	var all strings.Builder
	for _, d := range refDifferences {
		fmt.Fprintf(&all, "# %s\n\n%s\n", d.name, strings.Join(differences[d.name], "\n"))
	}
	golden(t, "reference/differences.golden.txt", []byte(all.String()))
	for _, d := range refDifferences {
		t.Run(d.name, func(t *testing.T) {
			t.Parallel()
			if len(differences[d.name]) == 0 {
				t.Error("no case shows this difference any more")
			}
		})
	}
}

// resolveCase returns what this engine makes of an input, after actions that have the given outputs.
func resolveCase(t *testing.T, c refCase, event workflowkit.Event, outputs map[string]json.RawMessage) json.RawMessage {
	t.Helper()
	type object = map[string]any
	actions, edges, from := []any{}, []any{}, workflowkit.SourceID
	add := func(id string, inputs any) {
		actions = append(actions, object{"id": id, "kind": "work", "inputs": inputs})
		edges = append(edges, object{"from": from, "to": id})
		from = id
	}
	for id := range outputs {
		add(id, object{})
	}
	add("last", object{"in": c.Input})
	definition, err := json.Marshal(object{"actions": actions, "edges": edges})
	if err != nil {
		t.Fatal(err)
	}
	result, err := workflowkittest.Run(t.Context(), scripted(t, outputs), event, workflowkittest.WithWorkflow(string(definition)))
	if err != nil {
		t.Fatalf("%s: %v", c.Input, err)
	}
	last, _ := result.Run.Action("last")
	var inputs struct{ In json.RawMessage }
	if err := json.Unmarshal(last.Inputs, &inputs); err != nil {
		t.Fatal(err)
	}
	return inputs.In
}

// The TypeScript engine starts the children of an action in the order in which JavaScript lists the members of an object:
// names of digits first, by number. Here the edges say the order (rule 4).
func TestReferenceOrderOfNumberedBranches(t *testing.T) {
	t.Parallel()
	engine := scripted(t, map[string]json.RawMessage{})
	result, err := workflowkittest.Run(t.Context(), engine, workflowkit.Event{Name: "test"}, workflowkittest.WithWorkflow(`{
		"actions": [{"id":"1","kind":"work"},{"id":"2","kind":"work"},{"id":"10","kind":"work"}],
		"edges": [{"from":"$source","to":"10"},{"from":"$source","to":"2"},{"from":"$source","to":"1"}]}`))
	if err != nil {
		t.Fatal(err)
	}
	var order []string
	for _, action := range result.Run.Actions {
		order = append(order, action.ID)
	}
	if diff := cmp.Diff([]string{"10", "2", "1"}, order); diff != "" {
		t.Errorf("rule 4: order (-want +got):\n%s", diff)
	}
}
