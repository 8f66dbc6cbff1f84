package server_test

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"

	"github.com/workflowkit/workflowkit-go/examples/blogcms/internal/server"
)

// A server with embedded parts that stops once it has answered.
func ExampleRun() {
	ctx, stop := context.WithCancel(context.Background())
	err := server.Run(ctx, server.Options{
		Environ: []string{"PORT=0", "DATABASE_URL=:memory:"}, Logger: slog.New(slog.DiscardHandler),
		Listening: func(url string) {
			defer stop()
			response, err := http.Get(url + "/healthz")
			if err != nil {
				fmt.Println(err)
				return
			}
			defer response.Body.Close()
			fmt.Println(response.Status)
		},
	})
	fmt.Println(err)
	// Output:
	// 200 OK
	// <nil>
}
