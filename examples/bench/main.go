// Command bench measures what workflows cost on an Inngest server: the time from the event to the end of the run, and
// the HTTP calls to the app. Beside each workflow runs a function of the same steps that is written by hand with
// inngestgo, on the same server and in turns with it. Steps do nothing, so what is measured is everything else.
//
//	go run ./examples/bench                                        an Inngest in the process
//	go run ./examples/bench -inngest http://127.0.0.1:8288          a dev server
//	go run ./examples/bench -inngest http://127.0.0.1:8288 -json    the same for programs
//
// A server in cloud mode needs INNGEST_DEV=0, INNGEST_SIGNING_KEY and INNGEST_EVENT_KEY. The scenarios:
//
//	two        two actions of three steps each
//	review     the same and an approval that is given as soon as it is asked for
//	fork       ten branches of three steps, and a step that joins them
//	50, 500    that many runs of "two" at once
//
// The hand-written functions store each step while a call goes on (inngestgo's checkpoint.ConfigSafe). Theirs have one
// step less, since a workflow has to be loaded.
package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"time"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, os.Args[1:], os.Stdout); err != nil {
		slog.Error(err.Error())
		os.Exit(1)
	}
}

// options are what the command line says.
type options struct {
	server  string
	listen  string
	only    string
	runs    int
	warm    int
	timeout time.Duration
	json    bool
}

func parse(args []string) (options, error) {
	var o options
	flags := flag.NewFlagSet("bench", flag.ContinueOnError)
	flags.StringVar(&o.server, "inngest", "", "URL of the Inngest server; empty: one in the process")
	flags.StringVar(&o.listen, "listen", "127.0.0.1:0", "address at which the server reaches the app")
	flags.StringVar(&o.only, "only", "", "names of scenarios, separated by commas; empty: all")
	flags.IntVar(&o.runs, "runs", 20, "runs of each scenario that is measured one run at a time, and twice that many of the shortest")
	flags.IntVar(&o.warm, "warm", 3, "runs before that, which do not count")
	flags.DurationVar(&o.timeout, "timeout", 2*time.Minute, "how long a run may take")
	flags.BoolVar(&o.json, "json", false, "write JSON instead of a table")
	if err := flags.Parse(args); err != nil {
		return o, err
	}
	if o.runs < 1 || o.warm < 0 || flags.NArg() > 0 {
		return o, fmt.Errorf("usage: bench [flags]; -runs is at least 1 and there are no arguments, found %q", flags.Args())
	}
	return o, nil
}

func run(ctx context.Context, args []string, out io.Writer) error {
	o, err := parse(args)
	if err != nil {
		return err
	}
	b, err := start(ctx, o)
	if err != nil {
		return err
	}
	defer b.close()
	report, err := b.measure(ctx)
	if err != nil {
		return err
	}
	if !o.json {
		return report.writeTable(out)
	}
	encoder := json.NewEncoder(out)
	encoder.SetIndent("", "  ")
	return encoder.Encode(report)
}
