// Command blogcms is a small content management system whose posts go through workflows that are stored in a database:
// a review by a text model, an approval, announcements for social networks.
//
// It needs nothing but itself: without any configuration it keeps posts and workflows in blogcms.db in the working
// directory, runs the workflows on an Inngest inside the process, and writes texts without a language model. Environment
// variables put the real ones in their places; package server lists them. With -connect it executes workflows over a
// connection of its own to the Inngest server, for machines that the server cannot reach.
package main

import (
	"context"
	"flag"
	"log/slog"
	"os"
	"os/signal"
	"syscall"

	"github.com/workflowkit/workflowkit-go/examples/blogcms/internal/server"
)

func main() {
	connect := flag.Bool("connect", false, "execute workflows over a connection to the Inngest server, which then need not reach this program")
	flag.Parse()
	logger := slog.New(slog.NewTextHandler(os.Stderr, nil))
	slog.SetDefault(logger)
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // so that a second signal ends the process at once
	err := server.Run(ctx, server.Options{Environ: os.Environ(), Logger: logger, Connect: *connect})
	if err != nil {
		logger.Error("blogcms ends", "error", err)
		os.Exit(1)
	}
}
