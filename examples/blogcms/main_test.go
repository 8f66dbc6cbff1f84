package main

import (
	"bytes"
	"context"
	"errors"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// asProgram is set in the environment of a copy of the test program that is to be the program itself.
const asProgram = "BLOGCMS_TEST_AS_PROGRAM"

func TestMain(m *testing.M) {
	if os.Getenv(asProgram) != "" {
		main()
		return
	}
	os.Exit(m.Run())
}

// program returns the program, to be started in a folder of its own with nothing but the given environment.
func program(t *testing.T, environ ...string) (*exec.Cmd, *bytes.Buffer) {
	t.Helper()
	executable, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(t.Context()), time.Minute)
	t.Cleanup(cancel)
	var out bytes.Buffer
	cmd := exec.CommandContext(ctx, executable)
	cmd.Dir, cmd.Stdout, cmd.Stderr = t.TempDir(), &out, &out
	cmd.Env = append([]string{asProgram + "=1", "PATH=" + os.Getenv("PATH"), "HOME=" + os.Getenv("HOME")}, environ...)
	return cmd, &out
}

func TestCloudModeWithoutSigningKey(t *testing.T) {
	t.Parallel()
	cmd, out := program(t, "PORT=0", "INNGEST_EVENT_KEY=key")
	err := cmd.Run()
	var exit *exec.ExitError
	if !errors.As(err, &exit) || exit.ExitCode() != 1 || !strings.Contains(out.String(), "INNGEST_SIGNING_KEY") {
		t.Errorf("%v\n%s", err, out)
	}
	if files, err := filepath.Glob(filepath.Join(cmd.Dir, "*")); err != nil || len(files) != 0 {
		t.Errorf("a program that cannot start has left %v, %v", files, err)
	}
}

func TestSignalsEndTheProgram(t *testing.T) {
	t.Parallel()
	for _, signal := range []os.Signal{os.Interrupt, syscall.SIGTERM} {
		t.Run(signal.String(), func(t *testing.T) {
			t.Parallel()
			port := freePort(t)
			cmd, out := program(t, "PORT="+port)
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			answers(t, "http://127.0.0.1:"+port+"/healthz")
			answers(t, "http://localhost:"+port+"/")
			if err := cmd.Process.Signal(signal); err != nil {
				t.Fatal(err)
			}
			if err := cmd.Wait(); err != nil {
				t.Errorf("%v\n%s", err, out)
			}
			if _, err := os.Stat(filepath.Join(cmd.Dir, "blogcms.db")); err != nil {
				t.Errorf("the database is not in the working directory: %v", err)
			}
		})
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

// answers waits until there is a page at the URL.
func answers(t *testing.T, url string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		response, err := http.Get(url)
		if err == nil {
			response.Body.Close()
			if response.StatusCode == http.StatusOK {
				return
			}
			t.Fatalf("GET %s: %s", url, response.Status)
		}
		select {
		case <-ctx.Done():
			t.Fatalf("GET %s: %v", url, err)
		case <-tick.C:
		}
	}
}
