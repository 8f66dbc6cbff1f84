package inngest

import (
	"bytes"
	"encoding/json"
	"testing"
)

func TestMemoData(t *testing.T) {
	t.Parallel()
	for memo, want := range map[string]string{
		`{"data":1}`:                         `1`,
		`{"data":null}`:                      `null`,
		`{"data":"}\"],"}`:                   `"}\"],"`,
		`{"data":"\\"}`:                      `"\\"`,
		`{"data":{"a":[1,{"b":"x"}],"c":2}}`: `{"a":[1,{"b":"x"}],"c":2}`,
		`{"data": [1, 2] } `:                 `[1, 2]`,
		`{"data":1,"error":{}}`:              ``,
		`{"error":{},"data":1}`:              ``,
		`{"data":{},"data":1}`:               ``,
		`{"error":{"message":"x"}}`:          ``,
		`{"data":`:                           ``,
		`{"data":}`:                          ``,
		`{"data":"`:                          ``,
		`{"data":"\`:                         ``,
		`"x"`:                                ``,
		``:                                   ``,
	} {
		if got, ok := memoData([]byte(memo)); string(got) != want || ok != (want != "") {
			t.Errorf("%s: got %q, %v; want %q", memo, got, ok, want)
		}
	}
}

// FuzzMemoData: what is found in valid JSON is the whole of the one member, which is what inngestgo would find.
func FuzzMemoData(f *testing.F) {
	for _, memo := range []string{`{"data":1}`, `{"data":{"a":["\"",{}]}}`, `{"data":1,"error":null}`, `{"data":"\u0022"} `} {
		f.Add([]byte(memo))
	}
	f.Fuzz(func(t *testing.T, memo []byte) {
		got, ok := memoData(memo)
		if !ok || !json.Valid(memo) {
			return
		}
		var members map[string]json.RawMessage
		if err := json.Unmarshal(memo, &members); err != nil || len(members) != 1 || !bytes.Equal(members["data"], got) {
			t.Errorf("%q: got %q, encoding/json finds %q (%v)", memo, got, members, err)
		}
	})
}
