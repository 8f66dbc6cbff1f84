package jsonvalue_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"math"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/workflowkit/workflowkit-go/workflowkit/internal/jsonvalue"
)

// standard decodes as encoding/json does.
func standard(text []byte) (any, error) {
	dec := json.NewDecoder(bytes.NewReader(text))
	dec.UseNumber()
	var value any
	if err := dec.Decode(&value); err != nil {
		return nil, err
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("text behind the value")
	}
	return value, nil
}

func texts() []string {
	return []string{
		`null`, ` true `, `false`, `0`, `-0`, `-1.5e+10`, `1e400`, `9007199254740993`, `""`, `"a"`, `[]`, `{}`, `[1, 2 ,3]`,
		`{"a":1,"b":[{"c":null}]}`, `{"b":1,"a":2,"b":3}`, `{"":1}`, `{"b":1,"":2}`, `"\u00e9\n\t\"\\\/\b\f\r"`, `"é €"`,
		`"\ud83d\ude00"`, `"\ud83d"`, `"\ud83dx"`, `"\ud83d\u0041"`, `"\ude00"`, "\"\xff\"", "\"\xe2\x82\"", `"\u2028"`,
		``, ` `, `nul`, `nulll`, `tru`, `01`, `-`, `1.`, `.5`, `1e`, `1e+`, `+1`, `"`, `"\`, `"\x"`, `"\u12"`, `"\u12g4"`, "\"\n\"",
		`[`, `[1`, `[1,`, `[1,]`, `[,]`, `[1 2]`, `{`, `{"a"`, `{"a":`, `{"a":1`, `{"a":1,`, `{"a":1,}`, `{a:1}`, `{"a" 1}`, `{1:1}`,
		`{} {}`, `1 2`, `]`, `}`, `:`, `NaN`, `Infinity`, `'a'`, "\x00", `"a" x`, "\ufeff1", `{"a":1,"a":2,"a":3}`,
	}
}

func TestDecodeAgreesWithEncodingJSON(t *testing.T) {
	t.Parallel()
	for _, text := range texts() {
		agree(t, []byte(text))
	}
}

func FuzzDecode(f *testing.F) {
	for _, text := range texts() {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, text []byte) { agree(t, text) })
}

// agree holds Decode, Append, Members and Items to encoding/json.
func agree(t *testing.T, text []byte) {
	t.Helper()
	want, wantErr := standard(text)
	var order jsonvalue.Order
	got, err := jsonvalue.Decode(text, &order)
	if (err == nil) != (wantErr == nil) {
		t.Fatalf("Decode(%q): error %v, encoding/json says %v", text, err, wantErr)
	}
	valid := func(err error) bool { return err == nil || errors.Is(err, jsonvalue.ErrKind) }
	if err := jsonvalue.Members(text, func(_, _ []byte) {}); valid(err) != (wantErr == nil) {
		t.Errorf("Members(%q): error %v, encoding/json says %v", text, err, wantErr)
	}
	if err := jsonvalue.Items(text, func([]byte) {}); valid(err) != (wantErr == nil) {
		t.Errorf("Items(%q): error %v, encoding/json says %v", text, err, wantErr)
	}
	jsonvalue.Offsets(text, []string{"", "/a", "/0/b"})
	if err != nil {
		return
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Fatalf("Decode(%q) (-want +got):\n%s", text, diff)
	}
	for _, order := range []*jsonvalue.Order{nil, &order} {
		raw, err := jsonvalue.Append(nil, got, order, math.MaxInt)
		if err != nil {
			t.Fatalf("Append(%q): %v", text, err)
		}
		again, err := standard(raw)
		if err != nil {
			t.Fatalf("Append(%q) gives %q: %v", text, raw, err)
		}
		if diff := cmp.Diff(want, again); diff != "" {
			t.Errorf("Append(%q) (-want +got):\n%s", text, diff)
		}
	}
}

func TestAppendKeepsTheOrderOfMembers(t *testing.T) {
	t.Parallel()
	cases := map[string]struct{ text, want string }{
		"members as they were written":        {`{"b": 1, "a": {"d": [ ], "c": 2}}`, `{"b":1,"a":{"d":[],"c":2}}`},
		"sorted members":                      {`{"a":1,"b":2}`, `{"a":1,"b":2}`},
		"unsorted at the end only":            {`{"a":1,"c":2,"b":3,"0":4}`, `{"a":1,"c":2,"b":3,"0":4}`},
		"an empty name":                       {`{"a":1,"":2}`, `{"a":1,"":2}`},
		"a repeated name stays where it was":  {`{"b":1,"a":2,"b":3}`, `{"b":3,"a":2}`},
		"escapes as JSON.stringify has them":  {`"<\u0001\u2028\/é>"`, "\"<\\u0001\u2028/é>\""},
		"numbers keep their digits":           {`[1.0, 9007199254740993, 1e400]`, `[1.0,9007199254740993,1e400]`},
		"a repeated name in an unsorted list": {`{"c":0,"b":1,"a":2,"b":3}`, `{"c":0,"b":3,"a":2}`},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var order jsonvalue.Order
			value, err := jsonvalue.Decode([]byte(tc.text), &order)
			if err != nil {
				t.Fatal(err)
			}
			got, err := jsonvalue.Append(nil, value, &order, math.MaxInt)
			if err != nil {
				t.Fatal(err)
			}
			if string(got) != tc.want {
				t.Errorf("got %s, want %s", got, tc.want)
			}
		})
	}
}

func TestAppendStopsAtItsLimit(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("x", 100)
	shared := any([]any{long, long})
	for range 60 { // 2^60 texts, if it were written out
		shared = []any{shared, shared}
	}
	got, err := jsonvalue.Append(nil, shared, nil, 1000)
	if !errors.Is(err, jsonvalue.ErrTooLong) {
		t.Errorf("error: got %v, want ErrTooLong", err)
	}
	if len(got) > 1300 {
		t.Errorf("%d bytes were written, at most 1000 are allowed", len(got))
	}
}

func TestDepthIsBounded(t *testing.T) {
	t.Parallel()
	deep := []byte(strings.Repeat("[", 20_000) + strings.Repeat("]", 20_000))
	if _, err := jsonvalue.Decode(deep, nil); err == nil {
		t.Error("Decode: no error")
	}
	if err := jsonvalue.Items(deep, func([]byte) {}); err == nil {
		t.Error("Items: no error")
	}
}

func TestMembers(t *testing.T) {
	t.Parallel()
	var got []string
	err := jsonvalue.Members([]byte(` {"b" : [1, 2] , "a":{"x":"}"},"b":null} `), func(name, value []byte) {
		got = append(got, string(name)+"="+string(value))
	})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"b=[1, 2]", `a={"x":"}"}`, "b=null"}, got); diff != "" {
		t.Errorf("members (-want +got):\n%s", diff)
	}
	if err := jsonvalue.Members([]byte(`[]`), nil); !errors.Is(err, jsonvalue.ErrKind) {
		t.Errorf("Members of a list: got %v, want ErrKind", err)
	}
	if err := jsonvalue.Items([]byte(`{}`), nil); !errors.Is(err, jsonvalue.ErrKind) {
		t.Errorf("Items of an object: got %v, want ErrKind", err)
	}
}

func TestOffsets(t *testing.T) {
	t.Parallel()
	text := `{"b": [10, {"c/d": 20}], "a": 30, "~": 40}`
	at := func(s string) int { return strings.Index(text, s) }
	want := map[string]int{
		"": 0, "/b": at("[10"), "/b/0": at("10"), "/b/1/c~1d": at("20"), "/a": at("30"), "/~0": at("40"),
		"/b/1/x": at("}], "), "/b/2": at("], "), "/x": len(text) - 1, "/x/y": len(text) - 1, "/a/x": at("30") + 2,
	}
	pointers := make([]string, 0, len(want))
	for pointer := range want {
		pointers = append(pointers, pointer)
	}
	if diff := cmp.Diff(want, jsonvalue.Offsets([]byte(text), pointers)); diff != "" {
		t.Errorf("offsets (-want +got):\n%s", diff)
	}
}

func TestClone(t *testing.T) {
	t.Parallel()
	original := map[string]any{"a": []any{map[string]any{"b": json.Number("1")}}}
	clone, ok := jsonvalue.Clone(original).(map[string]any)
	if !ok {
		t.Fatal("the clone is of another type")
	}
	if diff := cmp.Diff(original, clone); diff != "" {
		t.Errorf("clone (-want +got):\n%s", diff)
	}
	clone["a"].([]any)[0].(map[string]any)["b"] = "changed"
	if original["a"].([]any)[0].(map[string]any)["b"] != json.Number("1") {
		t.Error("changing the clone changed the original")
	}
}

func BenchmarkDecode(b *testing.B) {
	text := []byte(`{"id":"42","title":"Hello, world","tags":["a","b"],"words":1234,"draft":false}`)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := jsonvalue.Decode(text, &jsonvalue.Order{}); err != nil {
			b.Fatal(err)
		}
	}
}

func TestFind(t *testing.T) {
	t.Parallel()
	const text = `{"a":{"b":[10,{"c":"x"},30]},"a\u0062":1,"d":null,"a":{"b":[1,2,{"c":[]}]},"1":"one","":2}`
	name := func(n string) jsonvalue.Step { return jsonvalue.Step{Name: n} }
	index := func(i int) jsonvalue.Step { return jsonvalue.Step{Index: i, IsIndex: true, OnlyIndex: true} }
	digit := jsonvalue.Step{Name: "1", Index: 1, IsIndex: true}
	cases := map[string]struct {
		steps []jsonvalue.Step
		want  string
	}{
		"the last of a repeated member": {[]jsonvalue.Step{name("a"), name("b")}, `[1,2,{"c":[]}]`},
		"an escaped name":               {[]jsonvalue.Step{name("ab")}, `1`},
		"an empty name":                 {[]jsonvalue.Step{name("")}, `2`},
		"null":                          {[]jsonvalue.Step{name("d")}, `null`},
		"a part of null":                {[]jsonvalue.Step{name("d"), name("e")}, ``},
		"an item":                       {[]jsonvalue.Step{name("a"), name("b"), index(2), name("c")}, `[]`},
		"an item from the end":          {[]jsonvalue.Step{name("a"), name("b"), index(-3)}, `1`},
		"an item beyond the end":        {[]jsonvalue.Step{name("a"), name("b"), index(3)}, ``},
		"an item before the start":      {[]jsonvalue.Step{name("a"), name("b"), index(-4)}, ``},
		"a digit as a name":             {[]jsonvalue.Step{digit}, `"one"`},
		"a digit as an index":           {[]jsonvalue.Step{name("a"), name("b"), digit}, `2`},
		"an index into an object":       {[]jsonvalue.Step{index(1)}, ``},
		"a name into a list":            {[]jsonvalue.Step{name("a"), name("b"), name("c")}, ``},
		"no steps":                      {nil, text},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, ok := jsonvalue.Find([]byte(text), tc.steps)
			if string(got) != tc.want || ok != (tc.want != "") {
				t.Errorf("got %q, %v; want %q", got, ok, tc.want)
			}
			agreeIndexed(t, []byte(text), tc.steps)
		})
	}
}

// agreeIndexed holds what an index finds to what Find finds, also when it remembers the text.
func agreeIndexed(t *testing.T, text []byte, steps []jsonvalue.Step) {
	t.Helper()
	var index jsonvalue.Index
	for _, steps := range [][]jsonvalue.Step{steps, steps, {{Name: "a"}}, steps} {
		want, wantOK := jsonvalue.Find(text, steps)
		got, ok := index.Find(text, steps)
		if string(got) != string(want) || ok != wantOK {
			t.Errorf("%q: index finds %q, %v; want %q, %v", text, got, ok, want, wantOK)
		}
	}
}

func TestIndexKeepsTextsApart(t *testing.T) {
	t.Parallel()
	var index jsonvalue.Index
	texts := []string{`{"a":1,"b":2}`, `{"a":3,"b":4}`, `{"b":5}`, `[]`, `{}`, `{ "a" : 6 }`, `{"a":7,"b":`, `{"a":1,"1":0,"2":0,"3":0,"4":0,"5":0,"6":0,"7":0,"b":8}`, ``}
	for range 2 {
		for _, text := range texts {
			for _, name := range []string{"a", "b", "c"} {
				steps := []jsonvalue.Step{{Name: name}}
				want, wantOK := jsonvalue.Find([]byte(text), steps)
				if got, ok := index.Find([]byte(text), steps); string(got) != string(want) || ok != wantOK {
					t.Errorf("%q in %q: got %q, %v; want %q, %v", name, text, got, ok, want, wantOK)
				}
			}
		}
	}
}

func FuzzFind(f *testing.F) {
	f.Add([]byte(`{"a":[1,{"a":2}],"a":3}`), "a", 1)
	f.Fuzz(func(t *testing.T, text []byte, name string, index int) {
		value, err := jsonvalue.Decode(text, nil)
		if err != nil {
			agreeIndexed(t, text, []jsonvalue.Step{{Name: name}, {Index: index, IsIndex: true}})
			return
		}
		var want any
		ok := false
		switch v := value.(type) {
		case map[string]any:
			want, ok = v[name]
		case []any:
			i := index
			if i < 0 {
				i += len(v)
			}
			if ok = i >= 0 && i < len(v); ok {
				want = v[i]
			}
		}
		found, okFound := jsonvalue.Find(text, []jsonvalue.Step{{Name: name, Index: index, IsIndex: true}})
		agreeIndexed(t, text, []jsonvalue.Step{{Name: name, Index: index, IsIndex: true}})
		if ok != okFound {
			t.Fatalf("%q: found %v, want %v", text, okFound, ok)
		}
		if !ok {
			return
		}
		got, err := jsonvalue.Decode(found, nil)
		if err != nil {
			t.Fatalf("%q: found %q: %v", text, found, err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%q (-want +got):\n%s", text, diff)
		}
	})
}

func TestAppendQuoted(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"", "plain", "a\"b\\c\n\x01é\u2028", "\xff"} {
		inner := jsonvalue.AppendQuoted([]byte(`"`), text)
		var got string
		if err := json.Unmarshal(append(inner, '"'), &got); err != nil || got != strings.ToValidUTF8(text, "\uFFFD") {
			t.Errorf("%q became %q, %v", text, got, err)
		}
	}
}

func TestIsCompact(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]bool{`{"a":[1,null]}`: true, `"x"`: true, `{"a": 1}`: false, `[1`: false, ``: false, `1 `: false, `1,2`: false, `"a b"`: true, ` 1`: false, `[ ]`: false} {
		if got := jsonvalue.IsCompact([]byte(text)); got != want {
			t.Errorf("%s: got %v", text, got)
		}
	}
}
