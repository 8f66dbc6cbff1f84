// Command soak runs workflows on a fleet of processes that are killed at random, and counts what became of them: every
// run that was started must end, and every step must have had its effect once.
//
//	go run ./examples/soak                                   # an Inngest in the process, SQLite, three replicas
//	go run ./examples/soak -seed 7 -runs 500 -replicas 5
//	go run ./examples/soak -database postgres://… -inngest http://127.0.0.1:8288 -signing-key … -event-key …
//
// Replicas are processes of this program. One of them has an older catalogue, which lacks a kind of action, and two have
// clocks that are wrong by two minutes, one in each direction. Some are killed without notice, others are asked to stop
// and replaced, as in a rolling deployment. The same seed gives the same workflows and the same schedule of deaths.
//
// The report goes to standard output as JSON. The exit code is 1 if something was lost, doubled or left over.
package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"log/slog"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/workflowkit/workflowkit-go/examples/soak/internal/soak"
)

func main() {
	if soak.IsReplica() {
		os.Exit(soak.RunReplica())
	}
	os.Exit(run())
}

func run() int {
	var config soak.Config
	level := slog.LevelInfo
	flag.StringVar(&config.Inngest, "inngest", "", "URL of an Inngest server; empty is one in the process")
	flag.StringVar(&config.SigningKey, "signing-key", "", "signing key of that server; empty is dev mode")
	flag.StringVar(&config.EventKey, "event-key", "", "event key of that server")
	flag.StringVar(&config.Database, "database", "", "postgres://… or the path of an SQLite file; empty is a temporary file")
	flag.IntVar(&config.Replicas, "replicas", 3, "how many processes serve the workflows, 2 or more")
	flag.IntVar(&config.Runs, "runs", 100, "how many runs to start")
	flag.Int64Var(&config.Seed, "seed", 1, "what all random choices follow from")
	flag.DurationVar(&config.Every, "every", 50*time.Millisecond, "time between two starts of runs")
	flag.DurationVar(&config.Kill, "kill", 700*time.Millisecond, "average time between two deaths; 0 is none")
	flag.DurationVar(&config.Skew, "skew", 2*time.Minute, "by how much the clocks of two replicas are wrong")
	flag.DurationVar(&config.Timeout, "timeout", 10*time.Minute, "how long the whole may take")
	flag.TextVar(&level, "log", slog.LevelInfo, "what is logged")
	flag.Parse()
	if flag.NArg() > 0 {
		fmt.Fprintf(os.Stderr, "soak: unexpected argument %q\n", flag.Arg(0))
		return 2
	}
	config.Logger = slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: level}))
	config.LogLevel = level
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	report, err := soak.Run(ctx, config)
	if err != nil {
		fmt.Fprintln(os.Stderr, "soak:", err)
		return 2
	}
	encoder := json.NewEncoder(os.Stdout)
	encoder.SetIndent("", "  ")
	if err := encoder.Encode(report); err != nil || !report.OK() {
		return 1
	}
	return 0
}
