package cms_test

import (
	"context"
	"fmt"
	"log/slog"
	"net/http/httptest"

	"github.com/workflowkit/workflowkit-go/actions"
	"github.com/workflowkit/workflowkit-go/examples/blogcms/internal/cms"
	"github.com/workflowkit/workflowkit-go/inngest"
	"github.com/workflowkit/workflowkit-go/loader"
)

// An application on a database in memory. The Inngest server that the client names need not run yet.
func ExampleNew() {
	ctx := context.Background()
	db, err := loader.Open(ctx, ":memory:")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer db.Close()
	if _, err := db.Migrate(ctx); err != nil {
		fmt.Println(err)
		return
	}
	logger := slog.New(slog.DiscardHandler)
	client, err := inngest.NewClient(inngest.Config{AppID: "blog", BaseURL: "http://localhost:8288", Logger: logger, Getenv: func(string) string { return "" }})
	if err != nil {
		fmt.Println(err)
		return
	}
	app, err := cms.New(cms.Config{DB: db, Client: client, Model: actions.Offline{}, Logger: logger})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer app.Close()
	answer := httptest.NewRecorder()
	request := httptest.NewRequest("GET", "http://localhost/api/blog-posts", nil)
	request.RemoteAddr = "127.0.0.1:50000" // there is no sign-in, so only this machine is answered
	app.Handler().ServeHTTP(answer, request)
	fmt.Print(answer.Code, " ", answer.Body)
	// Output: 200 {"blogPosts":[]}
}
