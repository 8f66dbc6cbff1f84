package main

import (
	"bufio"
	"context"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/workflowkit/workflowkit-go/workflowkit"
	"github.com/workflowkit/workflowkit-go/workflowkit/store/memory"
)

// asProgram is set in the environment of a copy of the test program that is to be the program itself.
const asProgram = "EDITOR_TEST_AS_PROGRAM"

func TestMain(m *testing.M) {
	if os.Getenv(asProgram) != "" {
		main()
		return
	}
	os.Exit(m.Run())
}

// TestSamplesAreFaultless validates the workflows that are there at the start, and runs them dry with their sample events.
func TestSamplesAreFaultless(t *testing.T) {
	t.Parallel()
	workflows := memory.New()
	if err := seed(t.Context(), workflows); err != nil {
		t.Fatal(err)
	}
	engine, err := workflowkit.New(workflowkit.WithActions(actions()...))
	if err != nil {
		t.Fatal(err)
	}
	list, err := workflows.ListWorkflows(t.Context())
	if err != nil || len(list) != 2 {
		t.Fatalf("%d workflows, error %v", len(list), err)
	}
	for _, listed := range list {
		w, err := workflows.GetWorkflow(t.Context(), listed.ID)
		if err != nil {
			t.Fatal(err)
		}
		if problems := engine.Validate(w.Published.Definition); len(problems) > 0 {
			t.Errorf("%s: %v", w.Name, problems)
		}
		event, err := sampleEvent(t.Context(), w)
		if err != nil || event.Name != w.Trigger {
			t.Errorf("%s: sample event %q, error %v", w.Name, event.Name, err)
		}
		result, err := engine.DryRun(t.Context(), w.Published.Definition, workflowkit.DryRunInput{
			Event: event, Outputs: map[string]json.RawMessage{"1": json.RawMessage(`{"text":"Tea","words":30}`)},
		})
		if err != nil || result.Status != workflowkit.StatusCompleted {
			t.Errorf("%s: dry run %+v, error %v", w.Name, result, err)
		}
	}
}

var (
	address = regexp.MustCompile(`open (http://\S+)/editor/`)
	curl    = regexp.MustCompile(`curl (\S+) -d '([^']+)'`)
)

// TestProgram starts it, does what it says, sees the run, and stops it while somebody watches.
func TestProgram(t *testing.T) {
	t.Parallel()
	executable, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, executable)
	cmd.Env = []string{asProgram + "=1", "PORT=" + freePort(t)}
	log, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	url, send, event := "", "", ""
	for lines := bufio.NewScanner(log); lines.Scan(); {
		line := lines.Text()
		if found := address.FindStringSubmatch(line); found != nil {
			url = found[1]
		}
		if command := curl.FindStringSubmatch(line); command != nil {
			send, event = command[1], command[2]
		}
		if strings.Contains(line, "is registered") {
			go func() { _, _ = io.Copy(io.Discard, log) }()
			break
		}
	}
	if url == "" || send == "" {
		t.Fatal("it does not say where it is, and how to start a run")
	}
	request(ctx, t, http.MethodPost, send, event)
	for runs := ""; !strings.Contains(runs, `"status":"completed"`); {
		if runs = request(ctx, t, http.MethodGet, url+"/editor/api/workflows/1/runs", ""); t.Failed() {
			t.FailNow()
		}
	}
	if page := request(ctx, t, http.MethodGet, url+"/editor/workflows/1", ""); !strings.Contains(page, `<base href="/editor/">`) {
		t.Errorf("page: %s", page)
	}
	if list := request(ctx, t, http.MethodGet, url+"/editor/api/workflows", ""); !strings.Contains(list, "Digest") {
		t.Errorf("workflows: %s", list)
	}
	watched, err := http.NewRequestWithContext(ctx, http.MethodGet, url+"/editor/api/workflows/1/runs/events", nil)
	if err != nil {
		t.Fatal(err)
	}
	stream, err := http.DefaultClient.Do(watched)
	if err != nil {
		t.Fatal(err)
	}
	defer stream.Body.Close()
	if err := cmd.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	if _, err := io.Copy(io.Discard, stream.Body); err != nil {
		t.Errorf("the stream ends with %v", err)
	}
	if err := cmd.Wait(); err != nil {
		t.Errorf("it ends with %v", err)
	}
}

func request(ctx context.Context, t *testing.T, method, url, body string) string {
	t.Helper()
	r, err := http.NewRequestWithContext(ctx, method, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	response, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	answer, err := io.ReadAll(response.Body)
	if err != nil || response.StatusCode != http.StatusOK {
		t.Errorf("%s %s, %v", response.Status, answer, err)
	}
	return string(answer)
}

func freePort(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	_, port, err := net.SplitHostPort(l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	return port
}
