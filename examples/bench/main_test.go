package main

import (
	"bytes"
	"encoding/json"
	"os"
	"strings"
	"testing"
)

// measured runs the program and returns its report.
func measured(t *testing.T, args ...string) report {
	t.Helper()
	if url := os.Getenv("INNGEST_DEV"); strings.HasPrefix(url, "http") {
		args = append(args, "-inngest", url)
	}
	var out bytes.Buffer
	if err := run(t.Context(), append(args, "-json"), &out); err != nil {
		t.Fatal(err)
	}
	var r report
	if err := json.Unmarshal(out.Bytes(), &r); err != nil {
		t.Fatal(err)
	}
	return r
}

// The number of calls does not depend on the machine.
func TestCalls(t *testing.T) {
	calls := map[string]int{}
	for _, f := range measured(t, "-runs", "2", "-warm", "0", "-only", "two,review,fork").Scenarios {
		calls[f.Scenario+" "+f.Variant] = f.CallsMax
		if f.Runs < 1 || f.Median <= 0 || f.Throughput <= 0 {
			t.Errorf("figures are %+v", f)
		}
		if f.Scenario == "review" && f.Variant == engineVariant && f.Approvals != 1 {
			t.Errorf("a run needed %d approvals", f.Approvals)
		}
	}
	// Ten branches of three steps, each level of which is planned by one call, and a call for each step.
	fork := 1 + branches*3 + 3
	for name, want := range map[string]int{
		"two engine": 1, "two hand-written": 1, "fork engine": fork, "fork hand-written": fork, "review engine": 2, "review hand-written": 2,
	} {
		if name == "review engine" && calls[name] == want+1 {
			continue // the machine is so busy that an approval at once comes late
		}
		if calls[name] != want {
			t.Errorf("%s: %d calls, want %d", name, calls[name], want)
		}
	}
}

func TestManyRunsAtOnce(t *testing.T) {
	for _, f := range measured(t, "-runs", "1", "-warm", "0", "-only", "50").Scenarios {
		if f.Runs != 50 || f.CallsMax != 1 {
			t.Errorf("figures are %+v", f)
		}
	}
}

func TestTable(t *testing.T) {
	var out bytes.Buffer
	if err := run(t.Context(), []string{"-runs", "1", "-warm", "0", "-only", "two"}, &out); err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{"in this process", "two", engineVariant, handVariant, "ratio"} {
		if !strings.Contains(out.String(), text) {
			t.Errorf("%q is not in\n%s", text, out.String())
		}
	}
}

func TestWrongUse(t *testing.T) {
	for _, args := range [][]string{{"-runs", "0"}, {"extra"}, {"-warm", "-1"}, {"-only", "nothing"}, {"-inngest", "http://127.0.0.1:1"}} {
		if err := run(t.Context(), args, &bytes.Buffer{}); err == nil {
			t.Errorf("%q is accepted", args)
		}
	}
}
