package inngest_test

import (
	"encoding/json"
	"testing"

	"github.com/workflowkit/workflowkit-go/inngest"
)

func TestResultsAreStoredExactly(t *testing.T) {
	t.Parallel()
	cases := map[string]struct {
		result string
		plain  bool // stored as it is
	}{
		"null":                        {`null`, true},
		"an object":                   {`{"a":[1,2.5,-3,{"b":true}],"c":"é\n\u00e9"}`, true},
		"with spaces":                 {" { \"a\" : [ 1 , 2 ] } ", true},
		"empty ones":                  {`[{},[],""]`, true},
		"fifteen digits":              {`123456789012345`, true},
		"2^53":                        {`9007199254740992`, true},
		"2^53 + 1":                    {`9007199254740993`, false},
		"the largest 64-bit integer":  {`[9223372036854775807]`, false},
		"a float, but not as written": {`9223372036854775808`, false},
		"a tenth":                     {`0.1`, true},
		"pi as a float has it":        {`3.141592653589793`, true},
		"pi with more digits":         {`3.14159265358979323846`, false},
		"an exponent":                 {`1e21`, true},
		"beyond all floats":           {`1e400`, false},
		"below all floats":            {`1e-400`, false},
		"a very long number":          {`0.10000000000000000000000000000000000000000000000000000000000000000000001`, false},
		"half a surrogate pair":       {`"\ud800"`, false},
		"the wrong half first":        {`"\udc00\ud800"`, false},
		"half of one before text":     {`"\ud800\u0041"`, false},
		"a surrogate pair":            {`"\ud83d\ude00"`, true},
		"an escaped escape":           {`"\\ud800"`, true},
		"a member twice":              {`{"a":1,"a":2}`, false},
		"a member twice, by escape":   {`[{"a":1,"\u0061":2}]`, false},
		"the same member, elsewhere":  {`{"a":{"a":1},"b":{"a":1}}`, true},
		"what exact results are like": {`{"$json":"1"}`, false},
		"that, with more in it":       {`{"$json":"1","a":2}`, false},
		"that, elsewhere":             {`[{"$json":"1"}]`, true},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			stored, err := inngest.Storable(json.RawMessage(tc.result))
			if err != nil {
				t.Fatal(err)
			}
			if plain := string(stored) == tc.result; plain != tc.plain {
				t.Errorf("%s is stored as %s", tc.result, stored)
			}
			if got := string(inngest.Restore(stored)); got != tc.result {
				t.Errorf("%s is restored as %s", tc.result, got)
			}
		})
	}
}

// What others have stored is left alone.
func TestRestoreKeepsWhatItDidNotStore(t *testing.T) {
	t.Parallel()
	for _, stored := range []string{`{"$json":1}`, `{"$json":"{"}`, `{"$json":null}`, `{}`, `null`, ``, `{"$json`} {
		if got := string(inngest.Restore(json.RawMessage(stored))); got != stored {
			t.Errorf("%s is restored as %s", stored, got)
		}
	}
}

// What is stored comes back, and what is stored as it is survives 64-bit floats.
func FuzzStorable(f *testing.F) {
	for _, seed := range []string{`{"a":1}`, `9007199254740993`, `"\ud800"`, `{"a":1,"a":2}`, `[1e400,0.1]`, `{"$json":"x"}`, ` [ ] `} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, result string) {
		if !json.Valid([]byte(result)) {
			return
		}
		stored, err := inngest.Storable(json.RawMessage(result))
		if err != nil {
			t.Fatal(err)
		}
		if got := string(inngest.Restore(stored)); got != result {
			t.Errorf("%q is stored as %q and restored as %q", result, stored, got)
		}
		// The server writes a float with as few digits as identify it.
		var integer, written int64
		if string(stored) == result && json.Unmarshal(stored, &integer) == nil {
			var float float64
			if err := json.Unmarshal(stored, &float); err != nil {
				t.Fatal(err)
			}
			raw, err := json.Marshal(float)
			if err != nil {
				t.Fatal(err)
			}
			if err := json.Unmarshal(raw, &written); err != nil || written != integer {
				t.Errorf("%s is stored as it is, and becomes %s", stored, raw)
			}
		}
	})
}
