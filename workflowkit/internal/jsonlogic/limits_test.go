package jsonlogic_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/workflowkit/workflowkit-go/workflowkit/internal/jsonlogic"
)

// nested wraps a value in n lists.
func nested(v any, n int) any {
	for range n {
		v = []any{v}
	}
	return v
}

// sequence is the list of n ones.
func sequence(n int) []any {
	out := make([]any, n)
	for i := range out {
		out[i] = json.Number("1")
	}
	return out
}

func TestCompileRefusesRulesBeyondTheLimits(t *testing.T) {
	t.Parallel()
	cycle := map[string]any{}
	cycle["and"] = []any{cycle}
	loop := []any{nil, nil}
	loop[0], loop[1] = loop, loop
	tests := map[string]struct {
		rule any
		want error
	}{
		"lists as deep as allowed":   {nested(true, jsonlogic.MaxDepth), nil},
		"lists too deep":             {nested(true, jsonlogic.MaxDepth+1), jsonlogic.ErrTooDeep},
		"operations too deep":        {repeat(jsonlogic.MaxDepth+1, true, func(v any) any { return map[string]any{"!": v} }), jsonlogic.ErrTooDeep},
		"data too deep":              {map[string]any{"a": 1, "b": nested(true, jsonlogic.MaxDepth)}, jsonlogic.ErrTooDeep},
		"data in a literal is free":  {lit(nested(true, 9*jsonlogic.MaxDepth)), nil},
		"as many parts as allowed":   {sequence(jsonlogic.MaxNodes - 1), nil},
		"too many parts":             {sequence(jsonlogic.MaxNodes), jsonlogic.ErrTooComplex},
		"literals spread for free":   {map[string]any{"max": lit(sequence(2 * jsonlogic.MaxNodes))}, nil},
		"an operation within itself": {cycle, jsonlogic.ErrTooDeep},
		"a list within itself":       {loop, jsonlogic.ErrTooDeep},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if _, err := jsonlogic.Compile(test.rule); !errors.Is(err, test.want) {
				t.Errorf("error %v, want %v", err, test.want)
			}
			findings := jsonlogic.Check(test.rule)
			if test.want != nil && len(findings) != 1 {
				t.Errorf("findings %v", findings)
			}
		})
	}
}

func repeat(n int, v any, wrap func(any) any) any {
	for range n {
		v = wrap(v)
	}
	return v
}

// repeatItem is a list that holds one value many times.
func repeatItem(v any, n int) []any {
	out := make([]any, n)
	for i := range out {
		out[i] = v
	}
	return out
}

// Rules that are small and would take forever, or all memory there is, with a limit that stops each.
func TestApplyEndsWithEveryRule(t *testing.T) {
	t.Parallel()
	const (
		twice     = `[{"var":"accumulator"},{"var":"accumulator"}]`
		manyLoops = `{"all":[{"var":"lists"},{"all":[{"var":""},{"none":[[1,2,3],{"var":"x"}]}]}]}`
	)
	large := strings.Repeat("0123456789abcdef", 1<<16)
	data := map[string]any{
		"xs": sequence(60), "ys": sequence(20_000), "lists": repeatItem(sequence(3000), 3000),
		"texts": repeatItem(large, 3000), "deep": nested(true, jsonlogic.MaxValueDepth+1),
	}
	tests := map[string]struct {
		rule   string
		limits jsonlogic.Limits
		want   error
	}{
		"a list that doubles, returned": {
			rule: `{"reduce":[{"var":"xs"},` + twice + `,1]}`, want: jsonlogic.ErrTooComplex, limits: jsonlogic.Limits{Steps: 500_000},
		},
		"a list that doubles, as text": {
			rule:   `{"cat":[{"reduce":[{"var":"xs"},` + twice + `,[]]}]}`,
			limits: jsonlogic.Limits{Steps: 500_000}, want: jsonlogic.ErrTooComplex,
		},
		"a list that doubles, compared": {
			rule:   `{"==":["x",{"reduce":[{"var":"xs"},` + twice + `,[]]}]}`,
			limits: jsonlogic.Limits{Steps: 500_000}, want: jsonlogic.ErrTooComplex,
		},
		"a list that doubles, merged": {
			rule: `{"reduce":[{"var":"xs"},{"merge":` + twice + `},[1]]}`, want: jsonlogic.ErrTooLarge,
		},
		"a text that doubles": {
			rule: `{"reduce":[{"var":"xs"},{"cat":` + twice + `},"ab"]}`, want: jsonlogic.ErrTooLarge,
		},
		"a large text, many times in the result": {
			rule: `{"map":[{"var":"ys"},{"cat":["a"]}]}`, limits: jsonlogic.Limits{ResultText: 10_000}, want: jsonlogic.ErrTooLarge,
		},
		"the same large text, many times in the result": {
			rule: `{"reduce":[{"var":"xs"},{"merge":[{"var":"accumulator"},"0123456789abcdef"]},[]]}`,
			want: jsonlogic.ErrTooLarge, limits: jsonlogic.Limits{ResultText: 900},
		},
		"many large texts": {
			rule: `{"map":[[1,2,3,4,5,6,7,8,9],{"substr":["0123456789abcdef",{"var":""}]}]}`, want: jsonlogic.ErrTooLarge,
			limits: jsonlogic.Limits{TotalText: 100},
		},
		"one text that is too large": {
			rule: `{"cat":["0123456789","0123456789"]}`, limits: jsonlogic.Limits{Text: 15}, want: jsonlogic.ErrTooLarge,
		},
		"loops in loops": {
			rule: manyLoops, limits: jsonlogic.Limits{Steps: 1_000_000}, want: jsonlogic.ErrTooComplex,
		},
		"loops in loops within the limits": {
			rule: `{"all":[{"var":"ys"},{"none":[[1,2,3],{"var":"x"}]}]}`,
		},
		"a list that nests with each item": {
			rule: `{"reduce":[{"var":"ys"},[{"var":"accumulator"}],1]}`, want: jsonlogic.ErrTooDeep,
		},
		"an object that nests with each item": {
			rule: `{"reduce":[{"var":"ys"},{"var":""},1]}`, want: jsonlogic.ErrTooDeep,
		},
		"a nested list as text": {
			rule: `{"cat":[{"reduce":[{"var":"ys"},[{"var":"accumulator"}],1]}]}`, want: jsonlogic.ErrTooDeep,
		},
		"data that is too deep, passed on": {
			rule: `{"var":"deep"}`, want: jsonlogic.ErrTooDeep,
		},
		"data that is too deep, not looked at": {
			rule: `{"!!":{"var":"deep"}}`,
		},
		"searching large texts again and again": {
			rule:   `{"some":[{"var":"texts"},{"in":["zz",{"var":""}]}]}`,
			limits: jsonlogic.Limits{Steps: 1_000_000}, want: jsonlogic.ErrTooComplex,
		},
		"walking large texts again and again": {
			rule:   `{"all":[{"var":"texts"},{"var":"5"}]}`,
			limits: jsonlogic.Limits{Steps: 1_000_000}, want: jsonlogic.ErrTooComplex,
		},
		"a remainder that takes long": {
			rule:   `{"all":[{"var":"ys"},{"!":{"-":[{"%":[1e308,3e-300]},{"%":[1e308,3e-300]}]}}]}`,
			limits: jsonlogic.Limits{Steps: 1_000_000}, want: jsonlogic.ErrTooComplex,
		},
		"numbers that take long to read": {
			rule:   `{"all":[{"var":"ys"},{"-":["2.2250738585072011e-308",0]}]}`,
			limits: jsonlogic.Limits{Steps: 1_000_000}, want: jsonlogic.ErrTooComplex,
		},
		"numbers that take long to be found true": {
			rule:   `{"all":[{"var":"ys"},2.2250738585072011e-308]}`,
			limits: jsonlogic.Limits{Steps: 1_000_000}, want: jsonlogic.ErrTooComplex,
		},
		"numbers that take long to be found zero": {
			rule:   `{"all":[{"var":"ys"},{"!":{"-":["2.4703282292062327e-324",0]}}]}`,
			limits: jsonlogic.Limits{Steps: 1_000_000}, want: jsonlogic.ErrTooComplex,
		},
		"numbers that take long to be found infinite": {
			rule:   `{"all":[{"var":"ys"},{"-":["-1.7976931348623159e308",0]}]}`,
			limits: jsonlogic.Limits{Steps: 1_000_000}, want: jsonlogic.ErrTooComplex,
		},
		"a path of many steps": {
			rule:   `{"all":[{"var":"ys"},{"!":{"var":["` + strings.Repeat("a.", 300) + `",0]}}]}`,
			limits: jsonlogic.Limits{Steps: 100_000}, want: jsonlogic.ErrTooComplex,
		},
		"keys that are missing": {
			rule:   `{"all":[{"var":"ys"},{"missing":["a","b","c","d"]}]}`,
			limits: jsonlogic.Limits{Steps: 100_000}, want: jsonlogic.ErrTooComplex,
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			rule, err := jsonlogic.CompileWithin(parse(t, test.rule), test.limits)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := rule.Apply(data); !errors.Is(err, test.want) {
				t.Errorf("error %v, want %v", err, test.want)
			}
		})
	}
}

// The limits must not be met by what people write; this is far more than that.
func TestLimitsAreFarFromRealRules(t *testing.T) {
	t.Parallel()
	posts := make([]any, 20_000)
	for i := range posts {
		posts[i] = map[string]any{"n": json.Number("7"), "title": strings.Repeat("word ", 40), "tags": []any{"a", "b", "go"}}
	}
	data := map[string]any{"posts": posts, "markdown": strings.Repeat("line of text\n", 100_000)}
	for name, rule := range map[string]string{
		"filter many objects": `{"filter":[{"var":"posts"},{"and":[{">":[{"var":"n"},5]},{"in":["go",{"var":"tags"}]},{"in":["word",{"var":"title"}]}]}]}`,
		"sum many numbers":    `{"reduce":[{"var":"posts"},{"+":[{"var":"accumulator"},{"var":"current.n"}]},0]}`,
		"return everything":   `{"var":""}`,
		"search a large text": `{"in":["no such text",{"var":"markdown"}]}`,
		"embed a large text":  `{"cat":["# Title\n",{"var":"markdown"}]}`,
		"collect titles":      `{"cat":{"map":[{"var":"posts"},{"var":"title"}]}}`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if _, err := apply(parse(t, rule), data); err != nil {
				t.Error(err)
			}
		})
	}
}
