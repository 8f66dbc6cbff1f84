package loader_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log"
	"time"

	"github.com/workflowkit/workflowkit-go/loader"
	"github.com/workflowkit/workflowkit-go/workflowkit"
)

// openSeeded opens a database in memory; a program would pass its DATABASE_URL.
func openSeeded() *loader.DB {
	ctx := context.Background()
	db, err := loader.Open(ctx, ":memory:")
	if err != nil {
		log.Fatal(err)
	}
	if _, err := db.Migrate(ctx); err != nil {
		log.Fatal(err)
	}
	if _, err := db.Seed(ctx); err != nil {
		log.Fatal(err)
	}
	return db
}

func ExampleOpen() {
	ctx := context.Background()
	db, err := loader.Open(ctx, ":memory:")
	if err != nil {
		log.Fatal(err)
	}
	defer db.Close()
	report, err := db.Migrate(ctx)
	if err != nil {
		log.Fatal(err)
	}
	seeded, err := db.Seed(ctx)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("created:", report.Created)
	fmt.Println("taken over:", report.TakenOver)
	fmt.Println("seeded:", seeded)
	// Output:
	// created: [blog_posts workflows]
	// taken over: []
	// seeded: true
}

func ExampleDB_LoadWorkflow() {
	db := openSeeded()
	defer db.Close()
	for _, event := range []string{"blog-post.published", "blog-post.unpublished"} {
		def, err := db.LoadWorkflow(context.Background(), workflowkit.Event{Name: event})
		if err != nil {
			log.Fatal(err)
		}
		if def == nil {
			fmt.Println(event, "starts nothing")
			continue
		}
		var body struct{ Name string }
		if err := json.Unmarshal(def.JSON, &body); err != nil {
			log.Fatal(err)
		}
		fmt.Printf("%s starts workflow %s, %q\n", event, def.ID, body.Name)
	}
	// Output:
	// blog-post.published starts workflow 2, "Announce a blog post"
	// blog-post.unpublished starts nothing
}

// A step that runs twice writes once, and a write never covers a change that its run has not seen.
func ExampleDB_SaveRevision() {
	ctx := context.Background()
	db := openSeeded()
	defer db.Close()
	post, err := db.Post(ctx, 1)
	if err != nil {
		log.Fatal(err)
	}
	save := loader.Change{PostID: 1, RunID: "run", Key: "run/1/save-ai-revision", Version: post.Version}
	for range 2 {
		if post, err = db.SaveRevision(ctx, save, "# A better text"); err != nil {
			log.Fatal(err)
		}
	}
	fmt.Println(post.Status)

	text := "# An editor's text"
	if _, err := db.UpdatePost(ctx, 1, loader.PostEdit{Markdown: &text}); err != nil {
		log.Fatal(err)
	}
	apply := loader.Change{PostID: 1, RunID: "run", Key: "run/3/apply-ai-revision", Version: post.Version}
	_, err = db.ApplyRevision(ctx, apply)
	fmt.Println(errors.Is(err, loader.ErrChanged))
	// Output:
	// under review
	// true
}

// A decision whose event cannot be sent is taken back.
func ExampleDB_Rollback() {
	ctx := context.Background()
	db := openSeeded()
	defer db.Close()
	sendEvent := func() error { return errors.New("the server does not answer") }

	decision, err := db.SendToReview(ctx, 1)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(decision.Post.Status)
	if err := sendEvent(); err != nil {
		post, err := db.Rollback(ctx, decision)
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(post.Status)
	}
	// Output:
	// under review
	// draft
}

func ExampleDB_UpdateWorkflow() {
	ctx := context.Background()
	db := openSeeded()
	defer db.Close()
	trigger, enabled := "blog-post.updated", true
	_, err := db.CreateWorkflow(ctx, loader.WorkflowEdit{Trigger: &trigger, Enabled: &enabled})
	fmt.Println(err)

	w, err := db.Workflow(ctx, 1)
	if err != nil {
		log.Fatal(err)
	}
	first := loader.WorkflowEdit{Definition: json.RawMessage(`{"name":"first editor"}`), Seen: w.Version}
	second := loader.WorkflowEdit{Definition: json.RawMessage(`{"name":"second editor"}`), Seen: w.Version}
	_, err = db.UpdateWorkflow(ctx, 1, first)
	fmt.Println(err)
	_, err = db.UpdateWorkflow(ctx, 1, second)
	fmt.Println(err)
	// Output:
	// create workflow: an enabled workflow with the trigger "blog-post.updated" exists already (id 1)
	// <nil>
	// update workflow 1: changed since it was read
}

func ExampleParseID() {
	for _, data := range []string{`"7"`, `7`, `{"id":7}`} {
		id, err := loader.ParseID(json.RawMessage(data))
		fmt.Println(id, err)
	}
	// Output:
	// 7 <nil>
	// 7 <nil>
	// 0 invalid id "{\"id\":7}": a string or a number is needed
}

// A person signs in with an account of a provider, and the browser keeps the token of a session.
func ExampleDB_SignIn() {
	ctx := context.Background()
	db := openSeeded()
	defer db.Close()
	user, err := db.SignIn(ctx, loader.Account{
		Issuer: "https://accounts.example", Subject: "42", Email: "ann@example.com", Name: "Ann",
	}, loader.SignInRule{New: loader.RoleEditor})
	if err != nil {
		log.Fatal(err)
	}
	limits := loader.SessionLimits{Idle: time.Hour, Absolute: 24 * time.Hour}
	token, err := db.CreateSession(ctx, user.ID, time.Now(), limits)
	if err != nil {
		log.Fatal(err)
	}
	session, err := db.Session(ctx, token, time.Now(), limits)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(session.User.Name, session.User.Role)
	fmt.Println("is an admin:", session.User.Role.Includes(loader.RoleAdmin))
	// Output:
	// Ann editor
	// is an admin: false
}
