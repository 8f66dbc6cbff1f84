package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// full is a writer that has no room, as a disk or a closed pipe has none.
type full struct{}

func (full) Write([]byte) (int, error) { return 0, errors.New("no space left") }

func TestOutputThatCannotBeWritten(t *testing.T) {
	t.Parallel()
	for name, args := range map[string][]string{
		"help": {"-h"}, "help of a command": {"graph", "-h"}, "catalog": {"catalog"}, "validate": {"validate", "-"},
		"dry-run": {"dry-run", "-"}, "graph": {"graph", "-"}, "diff": {"diff", "-", "testdata/null.json"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var stderr bytes.Buffer
			a := &app{stdin: strings.NewReader("null"), stdout: full{}, stderr: &stderr}
			if code := a.run(t.Context(), args); code != exitUsage {
				t.Errorf("exit code: got %d, want %d", code, exitUsage)
			}
			if !strings.Contains(stderr.String(), "no space left") {
				t.Errorf("message: got %q", stderr.String())
			}
		})
	}
}

func TestPlain(t *testing.T) {
	t.Parallel()
	cases := map[string]struct{ raw, want string }{
		"nothing to undo":              {`{"a":"b\n\"\\"}`, `{"a":"b\n\"\\"}`},
		"the three escapes":            {`"\u003ca\u003e \u0026"`, `"<a> &"`},
		"other escapes stay":           {`"\u2028\u001b\u0022"`, `"\u2028\u001b\u0022"`},
		"an escaped backslash is none": {`"\\u003c\\\u003c"`, `"\\u003c\\<"`},
		"cut short":                    {`\u003`, `\u003`},
		"a backslash at the end":       {`a\`, `a\`},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(tc.want, string(plain([]byte(tc.raw)))); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// FuzzPlain checks that undoing the escapes does not change what JSON means.
func FuzzPlain(f *testing.F) {
	f.Add("<a>\\u003c&\"\\")
	f.Fuzz(func(t *testing.T, text string) {
		raw, err := json.Marshal([]string{text, text + `\`})
		if err != nil {
			t.Fatal(err)
		}
		var before, after []string
		if err := errors.Join(json.Unmarshal(raw, &before), json.Unmarshal(plain(raw), &after)); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(before, after); diff != "" {
			t.Errorf("(-before +after):\n%s", diff)
		}
	})
}
