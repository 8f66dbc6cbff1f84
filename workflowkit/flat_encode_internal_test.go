package workflowkit

import (
	"encoding/json"
	"fmt"
	"reflect"
	"testing"
	"time"
)

type flatResult struct {
	Text   string `json:"text"`
	Note   string `json:"note,omitempty"`
	Count  int    `json:"count"`
	Small  int8   `json:"small,omitempty"`
	Size   uint64 `json:"size"`
	Flag   bool   `json:"flag"`
	Plain  string
	Hidden string `json:"-"`
	Named  named  `json:"named"`
	hidden string //nolint:unused // not for JSON
}

// agreeEncoded holds the encoder to encoding/json, and returns whether it wrote the value.
func agreeEncoded(t *testing.T, v flatResult) bool {
	t.Helper()
	got, ok := newFlatEncoder(reflect.TypeFor[flatResult]()).encode(v)
	if !ok {
		return false
	}
	want, err := json.Marshal(v)
	if err != nil || string(want) != string(got) {
		t.Errorf("%+v: got %s, encoding/json writes %s (%v)", v, got, want, err)
	}
	return true
}

func TestFlatEncoderAgreesWithEncodingJSON(t *testing.T) {
	t.Parallel()
	for _, v := range []flatResult{
		{},
		{Text: "a title", Note: "n", Count: -3, Small: -128, Size: 1<<64 - 1, Flag: true, Plain: "p", Hidden: "h", Named: "x"},
		{Text: "with spaces ~ and 'quotes'"},
	} {
		if !agreeEncoded(t, v) {
			t.Errorf("%+v is not written", v)
		}
	}
	for _, text := range []string{`"`, `\`, "\n", "é", "<b>", "a&b", "\xff", "\u2028", "\x7f"} {
		if agreeEncoded(t, flatResult{Text: text}) {
			t.Errorf("%q is written without a thought about escapes", text)
		}
	}
}

func FuzzFlatEncoder(f *testing.F) {
	f.Add("a title", "", 1, uint64(2), true)
	f.Add("<é>", "\x00", -1, uint64(0), false)
	f.Fuzz(func(t *testing.T, text, note string, count int, size uint64, flag bool) {
		agreeEncoded(t, flatResult{Text: text, Note: note, Count: count, Small: int8(count), Size: size, Flag: flag, Named: named(note)})
	})
}

type textWriter string

func (textWriter) MarshalText() ([]byte, error) { return nil, nil }

type jsonWriter struct{ A string }

func (*jsonWriter) MarshalJSON() ([]byte, error) { return nil, nil }

func TestFlatEncoderKnowsItsLimits(t *testing.T) {
	t.Parallel()
	type inner struct{ A string }
	for _, v := range []any{
		struct{ A []string }{},
		struct{ A *string }{},
		struct{ A any }{},
		struct{ A time.Time }{},
		struct{ inner }{},
		struct{ A json.Number }{},
		struct{ A textWriter }{},
		struct{ A float64 }{},
		jsonWriter{},
		map[string]string{},
		"text",
		struct {
			A int `json:"a,string"`
		}{},
		struct {
			A int `json:"a,omitzero"`
		}{},
		struct {
			A string `json:"<a>"`
		}{},
		struct {
			A string `json:"B"`
			B string
		}{},
	} {
		if newFlatEncoder(reflect.TypeOf(v)) != nil {
			t.Errorf("%s is taken for flat", fmt.Sprintf("%T", v))
		}
	}
}

func TestInputReaderForgetsWhatItHasRead(t *testing.T) {
	t.Parallel()
	r := newInputReader[flatInput]()
	for range 3 {
		if in, err := r.read(callInputs{text: json.RawMessage(`{"text":"first","count":3,"flag":true}`)}); err != nil || in.Text != "first" {
			t.Fatalf("read: %+v, %v", in, err)
		}
		if in, err := r.read(callInputs{text: json.RawMessage(`{}`)}); err != nil || in != (flatInput{}) {
			t.Errorf("an empty object reads as %+v, %v", in, err)
		}
		if _, err := r.read(callInputs{text: json.RawMessage(`{"text":"half","count":"3"}`)}); err == nil {
			t.Error("a text is read as a number")
		}
	}
}
