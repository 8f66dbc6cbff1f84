package inngest_test

import (
	"bufio"
	"context"
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/workflowkit/workflowkit-go/inngest"
	"github.com/workflowkit/workflowkit-go/workflowkit"
)

// testNames returns the tests and examples of a folder.
func testNames(t *testing.T, folder string) map[string]bool {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(folder, "*_test.go"))
	if err != nil || len(files) == 0 {
		t.Fatalf("test files in %s: %v, %v", folder, files, err)
	}
	names := map[string]bool{}
	for _, file := range files {
		parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		for _, declaration := range parsed.Decls {
			if f, ok := declaration.(*ast.FuncDecl); ok && f.Recv == nil {
				names[f.Name.Name] = true
			}
		}
	}
	return names
}

// Every row of the table says by which test it is held, or why it is not, and every test that it names exists.
func TestSpecificationTable(t *testing.T) {
	t.Parallel()
	const page = "SPECIFICATION.md"
	file, err := os.Open(page)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	tests := map[string]map[string]bool{
		"": testNames(t, "."), "local.": testNames(t, "local"), "workflowkit.": testNames(t, "../workflowkit"),
	}
	named := regexp.MustCompile("`((?:local\\.|workflowkit\\.)?)((?:Test|Fuzz|Example)[A-Za-z_0-9]*)`")
	sections, rows, line := map[string]bool{}, 0, 0
	for scanner := bufio.NewScanner(file); scanner.Scan(); {
		line++
		text := scanner.Text()
		cells := strings.Split(strings.Trim(text, "| "), "|")
		if !strings.HasPrefix(text, "| ") || len(cells) < 3 || strings.TrimSpace(cells[0]) == "section" || strings.HasPrefix(strings.TrimSpace(cells[0]), "--") {
			continue
		}
		rows++
		section := strings.TrimSpace(cells[0])
		sections[strings.SplitN(section, ".", 2)[0]] = true
		found := named.FindAllStringSubmatch(text, -1)
		for _, match := range found {
			if !tests[match[1]][match[2]] {
				t.Errorf("%s:%d (%s): there is no %s%s", page, line, section, match[1], match[2])
			}
		}
		if len(found) == 0 && !strings.Contains(text, "not:") && !strings.Contains(text, "not asked of us:") {
			t.Errorf("%s:%d (%s): neither a test nor a reason: %s", page, line, section, text)
		}
	}
	for _, section := range []string{"3", "4", "5", "7", "10", "11"} {
		if !sections[section] {
			t.Errorf("%s has no row for section %s", page, section)
		}
	}
	if rows < 100 {
		t.Errorf("%s has only %d rows", page, rows)
	}
}

// Specification 5.1.1 and 5.1.2: what a step looks like when it is reported.
func TestReportedSteps(t *testing.T) {
	t.Parallel()
	if got := hash("my-step-id"); got != "e7d8a2f140845095749d60246ff1110c9d01d76a" {
		t.Fatalf("the hash of the specification's example is %s", got)
	}
	type reported struct {
		ID, Op, Name string
		Data         json.RawMessage
		Opts         map[string]any
	}
	twice := func(ctx context.Context, tools workflowkit.Tools, _ workflowkit.RunInput) (json.RawMessage, error) {
		for range 3 {
			if _, err := tools.Run(ctx, "my-step-id", value("1")); err != nil {
				return nil, err
			}
		}
		return nil, tools.Sleep(ctx, "nap", time.Minute)
	}
	memo := map[string]string{}
	for _, want := range []reported{
		{hash("my-step-id"), "StepRun", "my-step-id", json.RawMessage("1"), nil},
		{hash("my-step-id:1"), "StepRun", "my-step-id:1", json.RawMessage("1"), nil},
		{hash("my-step-id:2"), "StepRun", "my-step-id:2", json.RawMessage("1"), nil},
		{hash("nap"), "Sleep", "nap", nil, map[string]any{"duration": "1m"}},
	} {
		got := newApp(t, inngest.Config{}).with(twice).call(request{steps: memo})
		var list []reported
		if err := json.Unmarshal([]byte(got.body), &list); err != nil || got.status != 206 {
			t.Fatalf("answer is %d %s", got.status, got.body)
		}
		if string(list[0].Data) == "null" {
			list[0].Data = nil
		}
		if diff := cmp.Diff([]reported{want}, list); diff != "" {
			t.Errorf("steps (-want +got):\n%s", diff)
		}
		memo[want.Name] = `{"data":1}`
	}
}

// Two identical calls have the same answer (specification 5), except for the times in it.
func TestAnswersAreDeterministic(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	engine := b.engine(workflow(nil, "$source>a", "a>b", "a>c", "a>d", "b>e", "c>e", "d>e"), b.steps("steps", 2))
	app := newApp(t, inngest.Config{})
	if err := inngest.Register(app.Client, engine, inngest.Function{ID: "fn", Events: []string{"e"}, Checkpoints: inngest.CheckpointOff}); err != nil {
		t.Fatal(err)
	}
	definition := workflow(nil, "$source>a", "a>b", "a>c", "a>d", "b>e", "c>e", "d>e")
	pinned := app.call(request{})
	if len(pinned.ops) != 1 {
		t.Fatalf("answer is %d %s (%s)", pinned.status, pinned.body, definition)
	}
	steps := map[string]string{"$load": `{"data":` + string(pinned.ops[0].Data) + `}`, "a/1": `{"data":null}`, "a/2": `{"data":null}`}
	first := app.call(request{steps: steps})
	if len(first.ops) != 3 {
		t.Fatalf("answer is %d %s", first.status, first.body)
	}
	for range 20 {
		if diff := cmp.Diff(first.steps(), app.call(request{steps: steps}).steps()); diff != "" {
			t.Fatalf("steps of the same call (-first +again):\n%s", diff)
		}
	}
}

// Specification 3.2: a developer decides whether the answer to a signed sync describes the app.
func TestInBandSyncCanBeSwitchedOff(t *testing.T) {
	t.Parallel()
	body := `{"url":"https://app.example"}`
	for value, want := range map[string]string{"": "in_band", "1": "in_band", "true": "in_band", "0": "out_of_band", "false": "out_of_band"} {
		api := newRegisterAPI(t)
		app := newApp(t, inngest.Config{APIBaseURL: api.URL, SigningKey: testKey, Getenv: environment("INNGEST_ALLOW_IN_BAND_SYNC", value)}).with(returnEvent)
		got := app.call(request{method: "PUT", body: body, header: sign(testKey, time.Now(), []byte(body))})
		if kind := got.header.Get("X-Inngest-Sync-Kind"); got.status != 200 || kind != want {
			t.Errorf("INNGEST_ALLOW_IN_BAND_SYNC=%s: answer is %d (%s) %s", value, got.status, kind, got.body)
		}
	}
}

// Specification 3.1: the critical variables do what they are for.
func TestCriticalVariables(t *testing.T) {
	t.Parallel()
	api := newRegisterAPI(t)
	var sent *http.Request
	events := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		sent = r
		_, _ = io.WriteString(w, `{"ids":["1"]}`)
	}))
	t.Cleanup(events.Close)
	app := newApp(t, inngest.Config{Getenv: environment(
		"INNGEST_EVENT_KEY", "event-key", "INNGEST_SIGNING_KEY", testKey, "INNGEST_SIGNING_KEY_FALLBACK", testFallback, "INNGEST_ENV", "branch",
		"INNGEST_API_ORIGIN", api.URL, "INNGEST_EVENT_API_ORIGIN", events.URL,
	)}).with(returnEvent)
	if err := app.Sync(t.Context(), app.url); err != nil {
		t.Fatal(err)
	}
	if api.tokens[0] != hashedKey || api.headers[0].Get("X-Inngest-Env") != "branch" {
		t.Errorf("registration with %q and %q", api.tokens[0], api.headers[0].Get("X-Inngest-Env"))
	}
	if _, err := app.Send(t.Context(), event("e", `{}`)); err != nil {
		t.Fatal(err)
	}
	if sent.URL.Path != "/e/event-key" || sent.Header.Get("X-Inngest-Env") != "branch" || sent.Header.Get("Authorization") != "" {
		t.Errorf("event sent to %s with %v", sent.URL, sent.Header)
	}
	body := string(request{}.bytes())
	for key, want := range map[string]int{testKey: 200, testFallback: 200, "signkey-test-abcd": 401} {
		if got := app.call(request{body: body, header: sign(key, time.Now(), []byte(body))}); got.status != want {
			t.Errorf("a call signed with %s is answered with %d %s", key, got.status, got.body)
		}
	}
}
