// Command quickstart serves a workflow with one action and tells how to start it.
package main

import (
	"cmp"
	"context"
	"log"
	"net"
	"net/http"
	"os"
	"strings"

	"github.com/workflowkit/workflowkit-go/inngest"
	"github.com/workflowkit/workflowkit-go/inngest/local"
	"github.com/workflowkit/workflowkit-go/workflowkit"
)

// Workflows are data. This one is a constant; package loader has those that users have stored in a database.
const workflow = `{"actions": [{"id": "1", "kind": "greet", "inputs": {"name": "!ref($.event.data.name)"}}], "edges": [{"from": "$source", "to": "1"}]}`

type greeting struct {
	Name string `json:"name" jsonschema:"title=Name,minLength=1"`
}

var greet = workflowkit.Define(workflowkit.Spec{Kind: "greet", Name: "Greet somebody"},
	func(ctx context.Context, run *workflowkit.Run, in greeting) (string, error) {
		return workflowkit.Step(ctx, "say-hello", func(context.Context) (string, error) { // retried until it succeeds
			run.Logger().Info("Hello, " + in.Name + "!")
			return "Hello, " + in.Name + "!", nil
		})
	})

func main() {
	load := workflowkit.LoaderFunc(func(context.Context, workflowkit.Event) (*workflowkit.Definition, error) {
		return &workflowkit.Definition{JSON: []byte(workflow)}, nil
	})
	engine, err := workflowkit.New(workflowkit.WithActions(greet), workflowkit.WithLoader(load))
	check(err)
	config := inngest.Config{AppID: "quickstart"} // the rest comes from INNGEST_ variables
	if !strings.Contains(strings.Join(os.Environ(), "\n"), "INNGEST_") {
		server, err := local.Start(local.Config{}) // without any, an Inngest inside this process will do
		check(err)
		config.BaseURL = server.URL()
	}
	client, err := inngest.NewClient(config)
	check(err)
	check(inngest.Register(client, engine, inngest.Function{ID: "greet", Events: []string{"demo/greet"}}))
	listener, err := net.Listen("tcp", "127.0.0.1:"+cmp.Or(os.Getenv("PORT"), "3000"))
	check(err)
	check(client.Sync(context.Background(), "http://"+listener.Addr().String()+"/api/inngest"))
	log.Printf(`try: curl %s/e/key -d '{"name":"demo/greet","data":{"name":"Ada"}}'`, cmp.Or(config.BaseURL, "http://localhost:8288"))
	check(http.Serve(listener, client.Handler()))
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
