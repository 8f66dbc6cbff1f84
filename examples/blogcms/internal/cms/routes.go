package cms

import (
	"context"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/gorilla/mux"

	"github.com/workflowkit/workflowkit-go/inngest"
)

// ServePath is where Inngest calls the application.
const ServePath = "/api/inngest"

// methods are the rules of one path.
type methods map[string]rule

func (a *App) routes() http.Handler {
	router := mux.NewRouter()
	inngest.Mount(router, ServePath, a.client)
	for path, handlers := range a.apiRoutes() {
		router.Handle(path, a.dispatch(handlers, a.fail))
	}
	router.PathPrefix("/api/").Handler(a.refuse(a.fail))
	router.PathPrefix(editorPath).Handler(a.editor)
	for path, handlers := range a.pageRoutes() {
		router.Handle(path, a.dispatch(handlers, a.failPage))
	}
	router.Handle("/healthz", a.dispatch(methods{http.MethodGet: everybody(http.HandlerFunc(a.health))}, a.fail))
	router.NotFoundHandler = a.refuse(a.failPage)
	return a.guard(router)
}

func (a *App) apiRoutes() map[string]methods {
	routes := map[string]methods{
		"/api/blog-posts": {
			http.MethodGet: viewers(a.api(a.listPosts)), http.MethodPost: editors(a.api(a.createPost)),
		},
		"/api/blog-posts/{id}": {
			http.MethodGet: viewers(a.api(a.getPost)), http.MethodPut: editors(a.api(a.updatePost)),
		},
		"/api/workflows": {
			http.MethodGet: viewers(a.api(a.listWorkflows)), http.MethodPost: editors(a.api(a.createWorkflow)),
		},
		"/api/workflows/validate": {http.MethodPost: viewers(a.api(a.validateWorkflow))},
		"/api/workflows/{id:[0-9]+}": {
			http.MethodGet: viewers(a.api(a.getWorkflow)), http.MethodPut: editors(a.api(a.updateWorkflow)),
		},
		"/api/workflows/{id}/enable":  {http.MethodPost: editors(a.api(a.setEnabled(true)))},
		"/api/workflows/{id}/disable": {http.MethodPost: editors(a.api(a.setEnabled(false)))},
		"/api/actions":                {http.MethodGet: viewers(a.api(a.listActions))},
		"/api/users":                  {http.MethodGet: admins(a.api(a.listUsers))},
		"/api/users/{id}":             {http.MethodPut: admins(a.api(a.updateUser))},
	}
	for _, d := range decisions {
		routes["/api/blog-posts/{id}/"+string(d)] = methods{http.MethodPost: a.deciding(d, a.api(a.decidePost(d)))}
	}
	return routes
}

// deciding is the rule of a decision: editors decide, and not too often what starts a workflow.
func (a *App) deciding(d decision, handler http.Handler) rule {
	if d == review || d == publish {
		return editors(handler).limited(a.starts)
	}
	return editors(handler)
}

// failing answers a request with an error, as JSON or as a page.
type failing func(w http.ResponseWriter, r *http.Request, err error)

// dispatch chooses the handler for the request's method.
func (a *App) dispatch(handlers methods, fail failing) http.Handler {
	allowed := slices.Sorted(maps.Keys(handlers))
	if handlers[http.MethodGet].handler != nil {
		allowed = append(allowed, http.MethodHead)
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		method := r.Method
		if method == http.MethodHead {
			method = http.MethodGet
		}
		if to := handlers[method]; to.handler != nil {
			a.enter(to, w, r, fail)
			return
		}
		w.Header().Set("Allow", strings.Join(allowed, ", "))
		fail(w, r, &failure{
			Status: http.StatusMethodNotAllowed, Code: codeMethod,
			Message: r.Method + " is not possible here, only " + strings.Join(allowed, ", "),
		})
	})
}

// refuse answers requests for what does not exist.
func (a *App) refuse(fail failing) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		fail(w, r, notFound("there is nothing at %s", r.URL.Path))
	})
}

// health tells whether the application can work: whether its database answers.
func (a *App) health(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithTimeout(r.Context(), 2*time.Second)
	defer cancel()
	if err := a.db.Ping(ctx); err != nil {
		a.fail(w, r, &failure{
			Status: http.StatusServiceUnavailable, Code: codeDatabase, Message: "the database does not answer", cause: err,
		})
		return
	}
	a.writeJSON(w, r, http.StatusOK, map[string]any{"status": "ok"})
}
