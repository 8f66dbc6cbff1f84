package editor_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"

	"github.com/workflowkit/workflowkit-go/workflowkit"
	"github.com/workflowkit/workflowkit-go/workflowkit/editor"
	"github.com/workflowkit/workflowkit-go/workflowkit/store/memory"
)

func ExampleHandler() {
	workflows := memory.New()
	engine, err := workflowkit.New(workflowkit.WithLoader(workflows), workflowkit.WithObservers(workflows))
	if err != nil {
		fmt.Println(err)
		return
	}
	edit, err := editor.Handler(editor.Config{
		Engine: engine, Store: workflows, Runs: workflows,
		// The application's own session says who it is. Here everybody is Ada, who may look but not touch.
		Authorize: func(*http.Request) (editor.User, editor.Permissions, error) {
			return editor.User{ID: "7", Name: "Ada"}, editor.Permissions{View: true}, nil
		},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	mux := http.NewServeMux()
	mux.Handle("/admin/workflows/", edit)
	server := httptest.NewServer(mux)
	defer server.Close()
	defer edit.Close()

	request, err := http.NewRequestWithContext(context.Background(), http.MethodGet, server.URL+"/admin/workflows/api/session", nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	response, err := server.Client().Do(request)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Print(string(body))
	// Output: {"user":{"id":"7","name":"Ada"},"can":{"view":true,"edit":false,"publish":false},"features":{"runs":true}}
}

func ExampleLoopback() {
	// On the machine itself, by its own name, everything is allowed; through a proxy, or from elsewhere, nothing is.
	r := httptest.NewRequestWithContext(context.Background(), http.MethodGet, "http://localhost:3000/", nil)
	r.RemoteAddr = "127.0.0.1:50000"
	_, can, err := editor.Loopback(r)
	fmt.Println(can.Publish, err)
	r.Header.Set("X-Forwarded-For", "192.0.2.1")
	_, can, err = editor.Loopback(r)
	fmt.Println(can.View, err)
	// Output:
	// true <nil>
	// false the editor can be used on the machine itself only, as http://localhost
}
