package local_test

import (
	"testing"

	"github.com/workflowkit/workflowkit-go/inngest/local"
)

func FuzzAnswers(f *testing.F) {
	for _, seed := range []string{
		`[{"op":"StepRun","id":"a","data":1,"timing":{"a":1,"b":2},"userland":{"id":"x","index":1}}]`,
		`{"op":"StepError","id":"a","error":{"message":"x"}}`, `[{"op":"Sleep","opts":{"duration":"1s","parallelMode":"Race"}}]`, `[null]`, ``,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		if n, err := local.ParseOperations(body); err == nil && n == 0 && len(body) > 0 && body[0] == '{' {
			t.Error("an object is no operation, and no error either")
		}
	})
}

func FuzzEvents(f *testing.F) {
	for _, seed := range []string{`{"name":"a/b.c","data":{"x":1}}`, `[{"name":"x","ts":1767225600000}]`, `[]`, `"x"`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(_ *testing.T, body []byte) { _, _ = local.ParseEvents(body) })
}

func FuzzFunctions(f *testing.F) {
	for _, seed := range []string{
		`{"id":"f","name":"f","triggers":[{"event":"e","expression":"event.data.x > 1"}],"steps":{"step":{"runtime":{"url":"http://x/"}}}}`,
		`{"id":"f","name":"f","concurrency":[{"limit":1,"key":"event.data.k","scope":"Env"}],"debounce":{"period":"1s"}}`,
		`{"id":"f","concurrency":{"fn":[{"limit":1}]},"Singleton":{"mode":"cancel"},"throttle":{"limit":1,"period":"1m"}}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(_ *testing.T, raw []byte) { _ = local.ParseFunction(raw) })
}

func FuzzErrors(f *testing.F) {
	for _, seed := range []string{`{"message":"x"}`, `{"error":{"name":"n","message":"m","cause":{"message":"c"}}}`, `{"body":"{\"message\":\"x\"}"}`, `text`, ``} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		if e := local.StandardError(body); e.Message == "" || e.Name == "" || e.Err == "" {
			t.Errorf("%+v has an empty field", e)
		}
	})
}
