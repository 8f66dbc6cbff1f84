package main

import (
	"bufio"
	"context"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"testing"
	"time"
)

// asProgram is set in the environment of a copy of the test program that is to be the program itself.
const asProgram = "QUICKSTART_TEST_AS_PROGRAM"

func TestMain(m *testing.M) {
	if os.Getenv(asProgram) != "" {
		main()
		return
	}
	os.Exit(m.Run())
}

// TestProgramIsShort holds it to what the README promises.
func TestProgramIsShort(t *testing.T) {
	t.Parallel()
	source, err := os.ReadFile("main.go")
	if err != nil {
		t.Fatal(err)
	}
	if lines := strings.Count(string(source), "\n"); lines >= 60 {
		t.Errorf("the program has %d lines", lines)
	}
}

var curl = regexp.MustCompile(`curl (\S+) -d '([^']+)'`)

// TestProgram starts it and does what it says.
func TestProgram(t *testing.T) {
	t.Parallel()
	executable, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(t.Context()), time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, executable)
	cmd.Env = []string{asProgram + "=1", "PORT=" + freePort(t)}
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
	log, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	sent, greeted := false, false
	for lines := bufio.NewScanner(log); lines.Scan(); {
		line := lines.Text()
		if command := curl.FindStringSubmatch(line); command != nil {
			send(ctx, t, command[1], command[2])
			sent = true
		}
		if strings.Contains(line, "Hello, Ada!") {
			greeted = true
			cancel()
		}
	}
	_ = cmd.Wait() // it was interrupted
	if !sent || !greeted {
		t.Errorf("said how to start it: %t, ran: %t", sent, greeted)
	}
}

func send(ctx context.Context, t *testing.T, url, body string) {
	t.Helper()
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	if answer, err := io.ReadAll(response.Body); err != nil || response.StatusCode != http.StatusOK {
		t.Errorf("%s %s, %v", response.Status, answer, err)
	}
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
