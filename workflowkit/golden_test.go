package workflowkit_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write the golden files")

// golden compares with a golden file, or writes it.
func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("%s (-want +got); run with -update if this is right:\n%s", path, diff)
	}
}

// indented writes JSON for people.
func indented(t *testing.T, value any) []byte {
	t.Helper()
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	if err := encoder.Encode(value); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func read(t *testing.T, name string) []byte {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

func TestReportOfTwentyFaults(t *testing.T) {
	t.Parallel()
	doc := read(t, "validate/twenty-faults.json")
	problems := judge(t).Validate(doc)
	codes := map[string]bool{}
	for _, p := range problems {
		codes[string(p.Code)] = true
		checkPointer(t, string(doc), p)
	}
	if len(codes) < 20 {
		t.Errorf("only %d different codes: %v", len(codes), codes)
	}
	golden(t, "validate/twenty-faults.golden.json", indented(t, problems))
}
