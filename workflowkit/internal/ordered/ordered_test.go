package ordered_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"github.com/workflowkit/workflowkit-go/workflowkit/internal/ordered"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestObjectsKeepOrderAndValues(t *testing.T) {
	t.Parallel()
	cases := map[string]struct{ text, want string }{
		"unknown members and spaces": {`{ "z": [1,  2], "a": {"y":1,"b":null} }`, `{"z":[1,  2],"a":{"y":1,"b":null}}`},
		"null, empty and numbers":    {`{"c":null,"b":"","a":1.50}`, `{"c":null,"b":"","a":1.50}`},
		"a repeated name":            {`{"b":1,"a":2,"b":3}`, `{"b":3,"a":2}`},
		"a repeated name among many": {
			`{"m":1,"l":1,"k":1,"j":1,"i":1,"h":1,"g":1,"f":1,"e":1,"d":1,"c":1,"m":2,"c":2}`,
			`{"m":2,"l":1,"k":1,"j":1,"i":1,"h":1,"g":1,"f":1,"e":1,"d":1,"c":2}`,
		},
		"nothing": {`{}`, `{}`},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			object, err := ordered.Parse([]byte(tc.text))
			if err != nil {
				t.Fatal(err)
			}
			got, err := object.MarshalJSON()
			if err != nil {
				t.Fatal(err)
			}
			if string(got) != tc.want {
				t.Errorf("got %s, want %s", got, tc.want)
			}
		})
	}
}

func TestParseErrors(t *testing.T) {
	t.Parallel()
	for _, text := range []string{`[]`, `1`, `null`, `"{}"`} {
		if _, err := ordered.Parse([]byte(text)); !errors.Is(err, ordered.ErrNotObject) {
			t.Errorf("%s: got %v, want ErrNotObject", text, err)
		}
	}
	for _, text := range []string{``, `{`, `{"a"}`, `{"a":1}x`, `{"a":1,}`} {
		if _, err := ordered.Parse([]byte(text)); err == nil || errors.Is(err, ordered.ErrNotObject) {
			t.Errorf("%s: got %v, want a syntax error", text, err)
		}
	}
}

func TestEditing(t *testing.T) {
	t.Parallel()
	object, err := ordered.Parse([]byte(`{"a":1,"b":2,"c":3}`))
	if err != nil {
		t.Fatal(err)
	}
	before := object.Clone()
	object = object.Set("b", json.RawMessage(`"x"`)).Set("d", nil).Delete("a").Delete("nothing")
	got, err := object.MarshalJSON()
	if err != nil {
		t.Fatal(err)
	}
	if want := `{"b":"x","c":3,"d":null}`; string(got) != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if value, ok := object.Get("a"); ok {
		t.Errorf("a is still there: %s", value)
	}
	raw, err := before.MarshalJSON()
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(`{"a":1,"b":2,"c":3}`, string(raw)); diff != "" {
		t.Errorf("the clone has changed (-want +got):\n%s", diff)
	}
}

// A stranger's object with very many members must not take a time that grows with the square of their number.
func TestParseIsLinear(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	b.WriteByte('{')
	for i := range 300_000 {
		fmt.Fprintf(&b, `"%d":0,`, i)
	}
	b.WriteString(`"end":1}`)
	start := time.Now()
	object, err := ordered.Parse([]byte(b.String()))
	if err != nil {
		t.Fatal(err)
	}
	if len(object) != 300_001 {
		t.Errorf("got %d members", len(object))
	}
	// The quadratic search took minutes.
	if took := time.Since(start); took > 2*time.Minute {
		t.Errorf("took %v", took)
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(`{"a":1,"b":[{}],"a":null}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		object, err := ordered.Parse(text)
		if err != nil {
			return
		}
		raw, err := object.MarshalJSON()
		if err != nil {
			t.Fatal(err)
		}
		var want, got any
		if err := decode(text, &want); err != nil {
			t.Fatalf("%q is not JSON, yet it was read: %v", text, err)
		}
		if err := decode(raw, &got); err != nil {
			t.Fatalf("%q was written as %q: %v", text, raw, err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("round trip of %q (-want +got):\n%s", text, diff)
		}
	})
}

func decode(text []byte, into *any) error {
	dec := json.NewDecoder(bytes.NewReader(text))
	dec.UseNumber()
	return dec.Decode(into)
}
