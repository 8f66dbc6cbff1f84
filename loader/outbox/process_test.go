package outbox_test

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/workflowkit/workflowkit-go/loader/outbox"
	"github.com/workflowkit/workflowkit-go/workflowkit"
)

// A process of the test binary with these variables is one that is going to be killed.
const (
	childDSN  = "OUTBOX_TEST_CHILD_DSN"
	childTask = "OUTBOX_TEST_CHILD_TASK"
	childURL  = "OUTBOX_TEST_CHILD_URL"
)

// childMain enqueues an event, and sends it if that is its task. It says when it is to be killed.
func childMain(dsn, task string) int {
	fail := func(err error) int {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	db, err := connect(dsn)
	if err != nil {
		return fail(err)
	}
	box, err := outbox.New(db, outbox.Config{Lease: 300 * time.Millisecond, Logger: quiet()})
	if err != nil {
		return fail(err)
	}
	s := shop{box, db}
	if task == "work" {
		return fail(work(s, os.Getenv(childURL)))
	}
	if err := s.place("a"); err != nil {
		return fail(err)
	}
	if task == "enqueue" {
		fmt.Println("ready")
		select {}
	}
	_, err = box.Deliver(context.Background(), senderFunc(func(_ context.Context, events []workflowkit.Event) ([]string, error) {
		fmt.Println("sent", events[0].ID) // the server has it, and nobody here will ever know
		fmt.Println("ready")
		select {}
	}))
	return fail(err)
}

// A process is killed between the commit and the request, or between the request and its note. Another one sends the
// event, with the same id.
func TestKilledProcess(t *testing.T) {
	t.Parallel()
	for task, sentBefore := range map[string]int{"enqueue": 0, "send": 1} {
		t.Run(task, func(t *testing.T) {
			t.Parallel()
			onBoth(t, func(t *testing.T, dsn string) {
				s, to := open(t, dsn, outbox.Config{}), &server{}
				child := exec.Command(os.Args[0])
				child.Env = append(os.Environ(), childDSN+"="+dsn, childTask+"="+task)
				child.Stderr = os.Stderr
				out, err := child.StdoutPipe()
				if err != nil {
					t.Fatal(err)
				}
				if err := child.Start(); err != nil {
					t.Fatal(err)
				}
				said := ""
				for lines := bufio.NewScanner(out); !strings.Contains(said, "ready") && lines.Scan(); {
					said += lines.Text() + "\n"
				}
				if err := child.Process.Kill(); err != nil {
					t.Fatal(err)
				}
				_ = child.Wait()
				expect(t, "sent before", sentBefore, strings.Count(said, "sent a"))
				eventually(t, "the event", func() bool { return deliver(t, s, to) == 1 })
				expect(t, "events", []string{"a"}, to.got())
				expect(t, "orders", 1, s.orders(t))
				expect(t, "sent after that", 0, deliver(t, s, to))
			})
		})
	}
}
