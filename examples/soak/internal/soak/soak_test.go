package soak

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/google/go-cmp/cmp"

	"github.com/workflowkit/workflowkit-go/loader/loadertest"
	"github.com/workflowkit/workflowkit-go/workflowkit"
	"github.com/workflowkit/workflowkit-go/workflowkit/workflowkittest"
)

func TestMain(m *testing.M) {
	if IsReplica() {
		os.Exit(RunReplica())
	}
	goleak.VerifyTestMain(m)
}

// quietLevel is above all that replicas log.
const quietLevel = 12

// Replicas are killed, replaced, out of date and out of time, and nothing is lost or done twice.
func TestFleetLosesNothing(t *testing.T) {
	t.Parallel()
	report, err := Run(t.Context(), Config{
		Database: loadertest.Postgres(t), Replicas: 3, Runs: 25, Seed: 7, Every: 60 * time.Millisecond,
		Kill: 400 * time.Millisecond, Skew: 2 * time.Minute, Timeout: 5 * time.Minute, LogLevel: quietLevel,
	})
	if err != nil {
		t.Fatal(err)
	}
	if !report.OK() || report.Started != 25 {
		t.Errorf("report is %+v", report)
	}
	if report.Killed == 0 {
		t.Error("nobody was killed, so this shows nothing")
	}
}

// Where nobody dies, no step is executed twice.
func TestNothingIsRepeatedWithoutDeaths(t *testing.T) {
	t.Parallel()
	report, err := Run(t.Context(), Config{
		Database: filepath.Join(t.TempDir(), "soak.db"), Replicas: 2, Runs: 10, Seed: 3, Every: 20 * time.Millisecond,
		Timeout: 5 * time.Minute, LogLevel: quietLevel,
	})
	if err != nil {
		t.Fatal(err)
	}
	if !report.OK() || report.Repeated != 0 {
		t.Errorf("report is %+v", report)
	}
}

// What the report expects is what the engine does.
func TestExpectedEffectsAreThoseOfTheEngine(t *testing.T) {
	t.Parallel()
	ledger := testLedger(t)
	engine, err := workflowkit.New(workflowkit.WithActions(ledger.actions(false)...))
	if err != nil {
		t.Fatal(err)
	}
	for number := range 60 {
		g := newGraph(5, number)
		definition, err := g.definition()
		if err != nil {
			t.Fatal(err)
		}
		event, err := workflowkit.NewEvent(startEvent, started{number})
		if err != nil {
			t.Fatal(err)
		}
		options := []workflowkittest.Option{workflowkittest.WithWorkflow(string(definition)), workflowkittest.WithRunID("run")}
		for _, n := range g.nodes {
			if n.kind == kindAsk {
				answer, err := workflowkit.NewEvent(answerEvent, map[string]string{"key": "run/" + n.id})
				if err != nil {
					t.Fatal(err)
				}
				for after := range 60 { // whenever it asks
					options = append(options, workflowkittest.WithEventAfter(time.Duration(after)*time.Second, answer))
				}
			}
		}
		if _, err := workflowkittest.Run(t.Context(), engine, event, options...); err != nil {
			t.Fatalf("workflow %d: %v", number, err)
		}
		got, _, err := ledger.effectsOf(t.Context(), number)
		if err != nil {
			t.Fatal(err)
		}
		want := g.effects()
		slices.Sort(want)
		slices.Sort(got)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("workflow %d: effects (-expected +done):\n%s", number, diff)
		}
	}
}

// A report that notices nothing would be worth nothing.
func TestReportNotices(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct{ change, fault string }{
		"a lost step":               {`DELETE FROM soak_effects WHERE step = 'n0/step-0'`, "step n0/step-0 had no effect"},
		"a step that should not be": {`INSERT INTO soak_effects (number, step, run) VALUES (0, 'n0/step-9', 'run')`, "should not have run"},
		"two runs for one event":    {`INSERT INTO soak_effects (number, step, run) VALUES (0, 'n0/step-0', 'other')`, "executed as 2 runs"},
		"no run":                    {`DELETE FROM soak_effects`, "executed as 0 runs"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ledger := testLedger(t)
			for _, step := range newGraph(1, 0).effects() {
				if _, err := ledger.db.ExecContext(t.Context(), `INSERT INTO soak_effects (number, step, run) VALUES (0, $1, 'run')`, step); err != nil {
					t.Fatal(err)
				}
			}
			report := &Report{Seed: 1, Started: 1, Finished: 1}
			if err := report.judge(t.Context(), ledger, 1); err != nil || !report.OK() {
				t.Fatalf("before: %+v, %v", report, err)
			}
			if _, err := ledger.db.ExecContext(t.Context(), tc.change); err != nil {
				t.Fatal(err)
			}
			report = &Report{Seed: 1, Started: 1, Finished: 1}
			if err := report.judge(t.Context(), ledger, 1); err != nil {
				t.Fatal(err)
			}
			if report.OK() || !strings.Contains(strings.Join(report.Faults, "\n"), tc.fault) {
				t.Errorf("report is %+v", report)
			}
		})
	}
}

func testLedger(t *testing.T) *ledger {
	t.Helper()
	l, err := openLedger(t.Context(), filepath.Join(t.TempDir(), "ledger.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := l.close(); err != nil {
			t.Error(err)
		}
	})
	return l
}

func TestConfigIsChecked(t *testing.T) {
	t.Parallel()
	for name, config := range map[string]Config{
		"one replica":           {Replicas: 1, Runs: 1},
		"no runs":               {Replicas: 2},
		"keys without a server": {Replicas: 2, Runs: 1, SigningKey: "signkey-test-00"},
	} {
		if _, err := Run(context.Background(), config); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}
