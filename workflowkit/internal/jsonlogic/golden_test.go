package jsonlogic_test

import (
	"bytes"
	"encoding/json"
	"os"
	"strconv"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/workflowkit/workflowkit-go/workflowkit/internal/jsonlogic"
)

// golden is what testdata/generate.mjs writes: results of the published json-logic-js.
type golden struct {
	Version string `json:"version"`
	Values  []any  `json:"values"`
	Pairs   []struct {
		Op   string  `json:"op"`
		Rows [][]any `json:"rows"`
	} `json:"pairs"`
	Data  []any               `json:"data"`
	Cases [][]json.RawMessage `json:"cases"` // rule, index of data, result, and the error in place of a result
}

func decode(t testing.TB, text []byte, into any) {
	t.Helper()
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	if err := d.Decode(into); err != nil {
		t.Fatalf("%s: %v", text, err)
	}
}

func parse(t testing.TB, text string) any {
	t.Helper()
	var v any
	decode(t, []byte(text), &v)
	return v
}

func loadGolden(t testing.TB) golden {
	t.Helper()
	path := "testdata/golden.json"
	if other := os.Getenv("JSONLOGIC_GOLDEN"); other != "" { // a larger one, made with more random rules
		path = other
	}
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var g golden
	decode(t, text, &g)
	if g.Version != "2.0.5" || len(g.Pairs) < 20 || len(g.Cases) < 5000 {
		t.Fatalf("golden file of version %q with %d pairs and %d cases", g.Version, len(g.Pairs), len(g.Cases))
	}
	return g
}

// spell writes the numbers of a result that were passed on as JavaScript would: Go keeps their text, JavaScript only
// their value. A number that was calculated must be spelled right as it is. (encoding/json spells as JavaScript does,
// but for minus zero.)
func spell(v any, passed map[string]bool) any {
	switch v := v.(type) {
	case json.Number:
		f, err := strconv.ParseFloat(v.String(), 64)
		if !passed[v.String()] || err != nil {
			return v
		}
		return json.Number(encode(f + 0))
	case []any:
		out := make([]any, len(v))
		for i := range v {
			out[i] = spell(v[i], passed)
		}
		return out
	case map[string]any:
		out := map[string]any{}
		for key := range v {
			out[key] = spell(v[key], passed)
		}
		return out
	}
	return v
}

// numbersIn collects the numbers that a rule could pass on.
func numbersIn(v any, into map[string]bool) {
	switch v := v.(type) {
	case json.Number:
		into[v.String()] = true
	case []any:
		for _, item := range v {
			numbersIn(item, into)
		}
	case map[string]any:
		for _, value := range v {
			numbersIn(value, into)
		}
	}
}

func apply(rule, data any) (any, error) {
	compiled, err := jsonlogic.Compile(rule)
	if err != nil {
		return nil, err
	}
	return compiled.Apply(data)
}

func encode(v any) string {
	text, _ := json.Marshal(v)
	return string(text)
}

func TestPairsGiveWhatJSONLogicGives(t *testing.T) {
	t.Parallel()
	g := loadGolden(t)
	data := map[string]any{"v": g.Values}
	passed := map[string]bool{}
	numbersIn(data, passed)
	for _, pair := range g.Pairs {
		t.Run(pair.Op, func(t *testing.T) {
			t.Parallel()
			compared := 0
			for i, row := range pair.Rows {
				for j, want := range row {
					if want == "unfit" {
						continue
					}
					compared++
					rule := map[string]any{pair.Op: []any{
						map[string]any{"var": "v." + strconv.Itoa(i)},
						map[string]any{"var": "v." + strconv.Itoa(j)},
					}}
					got, err := apply(rule, data)
					if err != nil {
						got = "error"
					}
					if diff := cmp.Diff(want, spell(got, passed)); diff != "" {
						t.Errorf("%s %s %s, error %v (-json-logic-js +got):\n%s",
							encode(g.Values[i]), pair.Op, encode(g.Values[j]), err, diff)
					}
				}
			}
			if compared < len(g.Values)*len(g.Values)/2 {
				t.Errorf("only %d comparisons", compared)
			}
		})
	}
}

func TestCasesGiveWhatJSONLogicGives(t *testing.T) {
	t.Parallel()
	g := loadGolden(t)
	failures := 0
	for _, c := range g.Cases {
		var rule, want any
		var place int
		decode(t, c[0], &rule)
		decode(t, c[1], &place)
		decode(t, c[2], &want)
		passed := map[string]bool{}
		numbersIn(rule, passed)
		numbersIn(g.Data[place], passed)
		got, err := apply(rule, g.Data[place])
		diff := cmp.Diff(want, spell(got, passed))
		wantError := len(c) > 3
		if wantError == (err != nil) && (err != nil || diff == "") {
			continue
		}
		if failures++; failures > 30 {
			t.Fatal("and more")
		}
		if wantError {
			t.Errorf("%s with %s: got %s, error %v; json-logic-js throws %s", c[0], encode(g.Data[place]), encode(got), err, c[3])
			continue
		}
		t.Errorf("%s with %s: error %v (-json-logic-js +got):\n%s", c[0], encode(g.Data[place]), err, diff)
	}
}
