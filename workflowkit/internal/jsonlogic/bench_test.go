package jsonlogic_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/workflowkit/workflowkit-go/workflowkit/internal/jsonlogic"
)

func benchmarkRules() map[string]string {
	return map[string]string{
		"equal":   `{"==":[{"var":"state.1.result"},42]}`,
		"typical": `{"and":[{">":[{"var":"state.1.words"},300]},{"in":["go",{"var":"event.data.tags"}]},{"!":[{"var":"event.data.draft"}]}]}`,
		"filter":  `{"filter":[{"var":"posts"},{">":[{"var":"n"},500]}]}`,
		"reduce":  `{"reduce":[{"var":"posts"},{"+":[{"var":"current.n"},{"var":"accumulator"}]},0]}`,
		"cat":     `{"cat":["Post ",{"var":"event.data.id"},": ",{"var":"event.data.title"}]}`,
		"pass on": `{"var":""}`,
	}
}

func benchmarkData() map[string]any {
	posts := make([]any, 1000)
	for i := range posts {
		posts[i] = map[string]any{"n": json.Number("7"), "title": "a title"}
	}
	return map[string]any{
		"event": map[string]any{"data": map[string]any{"id": "42", "tags": []any{"ai", "go"}, "draft": false, "title": strings.Repeat("title ", 20)}},
		"state": map[string]any{"1": map[string]any{"result": json.Number("42"), "words": json.Number("1200")}},
		"posts": posts,
	}
}

func BenchmarkApply(b *testing.B) {
	for name, text := range benchmarkRules() {
		b.Run(name, func(b *testing.B) {
			rule, err := jsonlogic.Compile(parse(b, text))
			if err != nil {
				b.Fatal(err)
			}
			data := benchmarkData()
			b.ReportAllocs()
			for b.Loop() {
				if _, err := rule.Apply(data); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkCompile(b *testing.B) {
	rule := parse(b, benchmarkRules()["typical"])
	b.ReportAllocs()
	for b.Loop() {
		if _, err := jsonlogic.Compile(rule); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkCheck(b *testing.B) {
	rule := parse(b, benchmarkRules()["typical"])
	b.ReportAllocs()
	for b.Loop() {
		jsonlogic.Check(rule)
	}
}
