package examples_test

import (
	"context"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"
)

// readme returns the README with the fenced blocks of a language.
func readme(t *testing.T, language string) (text string, blocks []string) {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join("..", "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range regexp.MustCompile("(?s)```"+language+"\n(.*?)```").FindAllStringSubmatch(string(raw), -1) {
		blocks = append(blocks, m[1])
	}
	return string(raw), blocks
}

// TestReadmeProgram extracts the first program of the README, runs it as it stands and sends it an event.
func TestReadmeProgram(t *testing.T) {
	t.Parallel()
	_, blocks := readme(t, "go")
	if len(blocks) == 0 || !strings.Contains(blocks[0], "\npackage main\n") {
		t.Fatal("the README does not begin with a program")
	}
	if quickstart, err := os.ReadFile(filepath.Join("quickstart", "main.go")); err != nil || string(quickstart) != blocks[0] {
		t.Errorf("the README's program is not that of examples/quickstart (%v)", err)
	}
	// The program is part of this module while it is tested, so that it uses the packages as they are here.
	dir, err := os.MkdirTemp(".", "readme-program-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := os.RemoveAll(dir); err != nil {
			t.Error(err)
		}
	})
	if err := os.WriteFile(filepath.Join(dir, "main.go"), []byte(blocks[0]), 0o600); err != nil {
		t.Fatal(err)
	}
	program := filepath.Join(t.TempDir(), "program")
	if out, err := exec.CommandContext(t.Context(), "go", "build", "-o", program, "./"+dir).CombinedOutput(); err != nil {
		t.Fatalf("go build: %v\n%s", err, out)
	}
	port := freePort(t)
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, program)
	cmd.Env = append(environment(), "PORT="+port)
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
	out, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	cmd.Stdout = cmd.Stderr
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	drained := make(chan struct{})
	go func() {
		defer close(drained)
		_, _ = io.Copy(io.Discard, out)
	}()
	get(t, "http://127.0.0.1:"+port+"/api/inngest")
	cancel()
	<-drained
	_ = cmd.Wait() // the program was interrupted on purpose
}

// TestReadmeCommands holds the README to its two commands and CI to the same test command.
func TestReadmeCommands(t *testing.T) {
	t.Parallel()
	text, blocks := readme(t, "sh")
	if len(blocks) == 0 || blocks[0] != "go run ./examples/blogcms\ngo test ./...\n" {
		t.Errorf("the first commands of the README are %q", blocks)
	}
	ci, err := os.ReadFile(filepath.Join("..", ".ci", "run"))
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(ci), "\ngo test ./...\n") {
		t.Error(".ci/run does not run the README's test command")
	}
	for _, name := range []string{
		"INNGEST_DEV", "INNGEST_BASE_URL", "INNGEST_API_BASE_URL", "INNGEST_EVENT_API_BASE_URL", "INNGEST_EVENT_KEY",
		"INNGEST_SIGNING_KEY", "INNGEST_SIGNING_KEY_FALLBACK", "INNGEST_ENV", "INNGEST_SERVE_ORIGIN", "INNGEST_SERVE_PATH",
		"DATABASE_URL", "OPENAI_API_KEY", "OPENAI_MODEL", "LITELLM_API_KEY", "LITELLM_BASE_URL", "HOST", "PORT",
	} {
		if !strings.Contains(text, "`"+name+"`") {
			t.Errorf("the README does not explain %s", name)
		}
	}
}

// environment is this process's without what configures the examples.
func environment() []string {
	var out []string
	for _, v := range os.Environ() {
		name, _, _ := strings.Cut(v, "=")
		if !strings.HasPrefix(name, "INNGEST_") && !strings.HasPrefix(name, "OPENAI_") && !strings.HasPrefix(name, "LITELLM_") && name != "DATABASE_URL" {
			out = append(out, v)
		}
	}
	return out
}

func freePort(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return strconv.Itoa(l.Addr().(*net.TCPAddr).Port)
}

// get asks for a page until it is there.
func get(t *testing.T, url string) {
	t.Helper()
	var last error
	for deadline := time.Now().Add(30 * time.Second); time.Now().Before(deadline); {
		resp, err := http.Get(url) //nolint:gosec // a loopback address of this test
		if err == nil {
			resp.Body.Close()
			if resp.StatusCode == http.StatusOK {
				return
			}
			t.Fatalf("GET %s: %s", url, resp.Status)
		}
		last = err
		select {
		case <-t.Context().Done():
		case <-time.After(20 * time.Millisecond):
		}
	}
	t.Fatalf("GET %s: %v", url, last)
}
