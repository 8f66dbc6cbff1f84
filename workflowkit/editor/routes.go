package editor

import (
	"maps"
	"net/http"
	"slices"
	"strings"
)

// permission is what a route needs. To view is needed everywhere.
type permission string

const (
	mayView    permission = "view"
	mayEdit    permission = "edit"
	mayPublish permission = "publish"
)

func (p Permissions) allow(need permission) bool {
	switch need {
	case mayEdit:
		return p.View && p.Edit
	case mayPublish:
		return p.View && p.Publish
	}
	return p.View
}

// route is an operation of the API: either one with an answer, or a stream.
type route struct {
	method, path string
	need         permission
	answer       func(r *http.Request) (*reply, error)
	stream       func(w http.ResponseWriter, r *http.Request) error
}

// api lists the operations of the API.
func (e *Editor) api() []route {
	return []route{
		{method: http.MethodGet, path: "/api/session", answer: e.getSession},
		{method: http.MethodGet, path: "/api/catalog", answer: e.getCatalog},
		{method: http.MethodGet, path: "/api/openapi.json", answer: e.getOpenAPI},
		{method: http.MethodGet, path: "/api/workflows", answer: e.listWorkflows},
		{method: http.MethodPost, path: "/api/workflows", need: mayEdit, answer: e.createWorkflow},
		{method: http.MethodGet, path: "/api/workflows/{id}", answer: e.getWorkflow},
		{method: http.MethodPatch, path: "/api/workflows/{id}", need: mayEdit, answer: e.changeWorkflow},
		{method: http.MethodGet, path: "/api/workflows/{id}/versions", answer: e.listVersions},
		{method: http.MethodPost, path: "/api/workflows/{id}/versions", need: mayEdit, answer: e.saveVersion},
		{method: http.MethodGet, path: "/api/workflows/{id}/versions/{number}", answer: e.getVersion},
		{method: http.MethodPost, path: "/api/workflows/{id}/publish", need: mayPublish, answer: e.publishVersion},
		{method: http.MethodGet, path: "/api/workflows/{id}/diff", answer: e.diffVersions},
		{method: http.MethodGet, path: "/api/workflows/{id}/sample-event", answer: e.sampleEvent},
		{method: http.MethodGet, path: "/api/workflows/{id}/runs", answer: e.listRuns},
		{method: http.MethodGet, path: "/api/workflows/{id}/runs/events", stream: e.streamRuns},
		{method: http.MethodGet, path: "/api/runs/{id}", answer: e.getRun},
		{method: http.MethodGet, path: "/api/runs/{id}/events", stream: e.streamRun},
		{method: http.MethodPost, path: "/api/validate", answer: e.validate},
		{method: http.MethodPost, path: "/api/dry-run", answer: e.dryRun},
	}
}

// routes returns the router for everything below the prefix.
func (e *Editor) routes() *http.ServeMux {
	mux := http.NewServeMux()
	byPath := map[string]map[string]route{}
	for _, r := range e.api() {
		if byPath[r.path] == nil {
			byPath[r.path] = map[string]route{}
		}
		byPath[r.path][r.method] = r
	}
	for path, methods := range byPath {
		mux.HandleFunc(path, func(w http.ResponseWriter, r *http.Request) { e.serve(w, r, methods) })
	}
	mux.HandleFunc("/api/", func(w http.ResponseWriter, r *http.Request) {
		e.refuse(w, r, mountedOf(r), notFound("the API has nothing at this address"))
	})
	mux.HandleFunc("/assets/", e.serveAsset)
	mux.HandleFunc("/", e.servePage)
	return mux
}

// serve answers a request for one of the API's addresses.
func (e *Editor) serve(w http.ResponseWriter, r *http.Request, methods map[string]route) {
	found, ok := methods[r.Method]
	if !ok && r.Method == http.MethodHead {
		found, ok = methods[http.MethodGet]
	}
	if !ok {
		allowed := strings.Join(slices.Sorted(maps.Keys(methods)), ", ")
		w.Header().Set("Allow", allowed)
		e.refuse(w, r, mountedOf(r), &apiError{
			status: http.StatusMethodNotAllowed, code: codeMethod, message: "only " + allowed + " is allowed here",
		})
		return
	}
	if !accessOf(r).can.allow(found.need) {
		e.refuse(w, r, mountedOf(r), forbidden("you may not do this: it takes the permission to %s", found.need))
		return
	}
	r.Body = http.MaxBytesReader(w, r.Body, e.config.MaxBody)
	if found.stream != nil {
		if err := found.stream(w, r); err != nil {
			e.refuse(w, r, mountedOf(r), err)
		}
		return
	}
	answer, err := found.answer(r)
	if err != nil {
		e.refuse(w, r, mountedOf(r), err)
		return
	}
	e.send(w, r, answer)
}
