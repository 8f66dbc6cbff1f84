// Command editor serves the visual editor, with workflows in memory.
//
//	go run ./examples/editor
package main

import (
	"cmp"
	"context"
	"errors"
	"log"
	"net"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/workflowkit/workflowkit-go/workflowkit"
	"github.com/workflowkit/workflowkit-go/workflowkit/editor"
	"github.com/workflowkit/workflowkit-go/workflowkit/store/memory"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	check(run(ctx))
}

// run serves the editor until the context ends.
func run(ctx context.Context) error {
	workflows := memory.New()
	if err := seed(ctx, workflows); err != nil {
		return err
	}
	engine, err := workflowkit.New(workflowkit.WithActions(actions()...), workflowkit.WithLoader(workflows))
	if err != nil {
		return err
	}
	edit, err := editor.Handler(editor.Config{
		Engine: engine, Store: workflows, Runs: workflows,
		// Whoever sits at this machine may do everything. An application asks its own sessions.
		Authorize: editor.Loopback,
		Title:     "Workflow Kit",
	})
	if err != nil {
		return err
	}
	mux := http.NewServeMux()
	mux.Handle("/editor/", edit)
	mux.Handle("/{$}", http.RedirectHandler("/editor/", http.StatusFound))

	listener, err := net.Listen("tcp", "127.0.0.1:"+cmp.Or(os.Getenv("PORT"), "3000"))
	if err != nil {
		return err
	}
	server := &http.Server{Handler: mux, ReadHeaderTimeout: 10 * time.Second}
	server.RegisterOnShutdown(func() { check(edit.Close()) }) // ends the streams of those who watch
	go func() {
		<-ctx.Done()
		check(server.Shutdown(context.WithoutCancel(ctx)))
	}()
	log.Printf("open http://%s/editor/", listener.Addr())
	if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
