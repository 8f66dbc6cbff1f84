// Command editor serves the visual editor, with workflows in memory and an Inngest inside this process that runs them.
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

	"github.com/workflowkit/workflowkit-go/inngest"
	"github.com/workflowkit/workflowkit-go/inngest/local"
	"github.com/workflowkit/workflowkit-go/workflowkit"
	"github.com/workflowkit/workflowkit-go/workflowkit/editor"
	"github.com/workflowkit/workflowkit-go/workflowkit/store/memory"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx); err != nil {
		log.Fatal(err)
	}
}

// run serves the editor until the context ends.
func run(ctx context.Context) error {
	// One store has the workflows for the editor and for the engine, and is told what runs do.
	workflows := memory.New()
	if err := seed(ctx, workflows); err != nil {
		return err
	}
	engine, err := workflowkit.New(
		workflowkit.WithActions(actions()...), workflowkit.WithLoader(workflows), workflowkit.WithObservers(workflows))
	if err != nil {
		return err
	}
	edit, err := editor.Handler(editor.Config{
		Engine: engine, Store: workflows, Runs: workflows, SampleEvent: sampleEvent,
		// Whoever sits at this machine may do everything. An application asks its own sessions.
		Authorize: editor.Loopback,
		Title:     "Workflow Kit",
	})
	if err != nil {
		return err
	}

	server, err := local.Start(local.Config{})
	if err != nil {
		return err
	}
	defer func() { _ = server.Close() }() // the process ends
	client, err := inngest.NewClient(inngest.Config{AppID: "editor", BaseURL: server.URL()})
	if err != nil {
		return err
	}
	if err := inngest.Register(client, engine, inngest.Function{ID: "workflow", Events: []string{"article.written", "author.joined"}}); err != nil {
		return err
	}
	mux := http.NewServeMux()
	mux.Handle("/editor/", edit)
	mux.Handle("/api/inngest", client.Handler())
	mux.Handle("/{$}", http.RedirectHandler("/editor/", http.StatusFound))
	return serve(ctx, mux, edit, func(url string) error {
		log.Printf("open %s/editor/", url)
		log.Printf(`start a run: curl %s/e/key -d '{"name":"article.written","data":%s}'`, server.URL(), sampleArticle)
		return client.Sync(ctx, url+"/api/inngest")
	})
}

// serve listens, says where, and serves until the context ends.
func serve(ctx context.Context, handler http.Handler, edit *editor.Editor, ready func(url string) error) error {
	var listen net.ListenConfig
	listener, err := listen.Listen(ctx, "tcp", "127.0.0.1:"+cmp.Or(os.Getenv("PORT"), "3000"))
	if err != nil {
		return err
	}
	server := &http.Server{Handler: handler, ReadHeaderTimeout: 10 * time.Second}
	server.RegisterOnShutdown(func() { _ = edit.Close() }) // ends the streams of those who watch
	done := make(chan error, 1)
	go func() { done <- server.Serve(listener) }()
	if err := ready("http://" + listener.Addr().String()); err != nil {
		return errors.Join(err, server.Close())
	}
	select {
	case err := <-done:
		return err
	case <-ctx.Done():
	}
	limit, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	return server.Shutdown(limit)
}
