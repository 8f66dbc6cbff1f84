package workflowkit

import (
	"encoding/json"
	"fmt"
	"reflect"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

type flatInput struct {
	Text   string  `json:"text"`
	Count  int     `json:"count,omitempty"`
	Small  int8    `json:"small"`
	Size   uint16  `json:"size"`
	Score  float64 `json:"score"`
	Flag   bool    `json:"flag"`
	Plain  string
	Hidden string `json:"-"`
	Dash   string `json:"-,"` //nolint:staticcheck // this is the case
	Named  named  `json:"named"`
	hidden string //nolint:unused // not for JSON
}

type named string

func flatTexts() []string {
	return []string{
		`{}`, `{"text":"x","count":3,"small":-128,"size":65535,"score":1.5e3,"flag":true,"Plain":"p","-":"d","named":"n"}`,
		`{"text":null,"count":null,"flag":null}`, `{"text":"\u00e9\n\"","text":"second"}`, `{"TEXT":"other case"}`, `{"unknown":1}`,
		`{"count":"3"}`, `{"count":1.5}`, `{"count":1e2}`, `{"small":128}`, `{"size":-1}`, `{"score":1e400}`, `{"flag":"true"}`, `{"text":1}`,
		`{"text":{}}`, `{"text":["a"],"count":{}}`, `{"Hidden":"x"}`, `{"hidden":"x"}`, `[]`, `null`, `{"text":"` + "\xff" + `"}`, `{"count":99999999999999999999}`,
		`{"score":-0}`, `{"count":-0}`, `{"size":0}`, ` { "text" : "spaced" } `, `{"score":0.1}`, `{"flag":false}`,
	}
}

// agreeFlat holds the decoder to encoding/json.
func agreeFlat(t *testing.T, text []byte) {
	t.Helper()
	d := newFlatDecoder(reflect.TypeFor[flatInput]())
	var got, want flatInput
	if !d.decode(text, &got) {
		return
	}
	if err := json.Unmarshal(text, &want); err != nil {
		t.Fatalf("%q is decoded, and encoding/json says: %v", text, err)
	}
	if diff := cmp.Diff(want, got, cmp.AllowUnexported(flatInput{})); diff != "" {
		t.Errorf("%q (-want +got):\n%s", text, diff)
	}
}

func TestFlatDecoderAgreesWithEncodingJSON(t *testing.T) {
	t.Parallel()
	for _, text := range flatTexts() {
		agreeFlat(t, []byte(text))
	}
	var in flatInput
	if !newFlatDecoder(reflect.TypeFor[flatInput]()).decode([]byte(flatTexts()[1]), &in) {
		t.Error("plain inputs are not decoded")
	}
}

func FuzzFlatDecoder(f *testing.F) {
	for _, text := range flatTexts() {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, text []byte) { agreeFlat(t, text) })
}

type textReader string

func (*textReader) UnmarshalText([]byte) error { return nil }

type jsonReader struct{ A string }

func (*jsonReader) UnmarshalJSON([]byte) error { return nil }

func TestFlatDecoderKnowsItsLimits(t *testing.T) {
	t.Parallel()
	type inner struct{ A string }
	for _, v := range []any{
		struct{ A []string }{},
		struct{ A *string }{},
		struct{ A any }{},
		struct{ A time.Time }{},
		struct{ A inner }{},
		struct{ inner }{},
		struct{ A json.Number }{},
		struct{ A textReader }{},
		struct{ A json.RawMessage }{},
		jsonReader{},
		map[string]string{},
		1,
		struct {
			A int `json:"a,string"`
		}{},
		struct{ A float32 }{},
	} {
		if newFlatDecoder(reflect.TypeOf(v)) != nil {
			t.Errorf("%s is taken for flat", fmt.Sprintf("%T", v))
		}
	}
}

func TestDecodeResultAgreesWithEncodingJSON(t *testing.T) {
	t.Parallel()
	for _, text := range []string{`"a"`, `"\u00e9"`, `null`, `true`, `false`, `tru`, `1`, `-1`, `+1`, `01`, `1.5`, `99999999999999999999`, ``, ` 1`, `{}`, `"a" `} {
		agreeResult[string](t, text)
		agreeResult[bool](t, text)
		agreeResult[int](t, text)
		agreeResult[any](t, text)
		agreeResult[float64](t, text)
		agreeResult[flatInput](t, text)
	}
}

func agreeResult[T any](t *testing.T, text string) {
	t.Helper()
	var want T
	wantErr := json.Unmarshal([]byte(text), &want)
	got, err := decodeResult[T](json.RawMessage(text))
	if (err == nil) != (wantErr == nil) {
		t.Errorf("%q into %T: got %v, want %v", text, want, err, wantErr)
	}
	if diff := cmp.Diff(want, got, cmp.AllowUnexported(flatInput{})); diff != "" && err == nil {
		t.Errorf("%q into %T (-want +got):\n%s", text, want, diff)
	}
}
