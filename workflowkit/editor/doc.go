// Package editor is a visual editor for workflows, as an [http.Handler] that any application can mount. People draw
// workflows, check them, run them dry, keep versions, and watch runs on their graphs.
//
//	edit, err := editor.Handler(editor.Config{
//		Engine:    engine,                 // the catalogue, validation and dry runs
//		Store:     workflows,              // package loader, store/memory, or your own
//		Runs:      workflows,              // the history, if there is one
//		Authorize: func(r *http.Request) (editor.User, editor.Permissions, error) { … },
//	})
//	mux.Handle("/editor/", edit)
//
// The page is embedded: nothing is built, and no Node is needed, at run time. It loads nothing from other origins.
//
// # Where it is mounted
//
// The editor works below any path. It finds out where it is from the request, or is told by [Config].Prefix:
//
//	mux.Handle("/editor/", edit)                                        // net/http, as it is
//	mux.Handle("/editor/", http.StripPrefix("/editor", edit))           // net/http, stripped
//	router.PathPrefix("/editor").Handler(http.StripPrefix("/editor", edit)) // gorilla/mux, stripped
//	router.PathPrefix("/editor").Handler(edit)                          // gorilla/mux: set Prefix to "/editor"
//	behind a proxy that changes paths                                   // set Prefix to what browsers see
//
// # Who may use it
//
// [Config].Authorize is asked for every request, pages and assets included, and decides about three permissions: to
// view, to edit, and to publish. Without it every request is refused, with a text that says so. [Loopback] is there for
// a first try. Requests that another site makes a browser send are refused by [http.CrossOriginProtection].
//
// # The API
//
// The page uses an API that other front ends can use as well. Paths are relative to the prefix; GET api/openapi.json
// describes them in the form of OpenAPI 3.1. Dates are RFC 3339. Bodies are JSON objects of the Content-Type
// application/json, and unknown fields are refused, so that no typing error goes unnoticed.
//
//	GET   api/session                          who the user is, what the user may do, and what this editor has
//	GET   api/catalog                          the actions, in the form that the TypeScript components read
//	GET   api/workflows                        all workflows, without definitions
//	POST  api/workflows                        a new workflow                                 edit
//	GET   api/workflows/{id}                   a workflow, its draft and its published version
//	PATCH api/workflows/{id}                   its name, description, trigger, on or off      edit; publish for the last two
//	GET   api/workflows/{id}/versions          its versions, newest first, without definitions
//	POST  api/workflows/{id}/versions          saves a version                                edit
//	GET   api/workflows/{id}/versions/{number} a version
//	POST  api/workflows/{id}/publish           makes a version the one that runs load         publish
//	GET   api/workflows/{id}/diff?from=1&to=2  what differs between two versions
//	GET   api/workflows/{id}/sample-event      an event to start a dry run with
//	GET   api/workflows/{id}/runs              its runs: status, after, limit
//	GET   api/workflows/{id}/runs/events       a stream: the list has changed
//	GET   api/runs/{id}                        a run, and the definition that it executes
//	GET   api/runs/{id}/events                 a stream: the run has changed, until it is over
//	POST  api/validate                         all findings about a definition, and what each action can refer to
//	POST  api/dry-run                          what a run would do
//
// A save names the version that it was made from. If there is a newer one by now, it is refused with the code
// "conflict" and the newer version, so that a person can compare the two. It is refused with the code "invalid" and all
// findings if the workflow has errors; warnings are no reason.
//
// An error is {"error": {"code", "message", "problems"?}}, with one status for each code:
//
//	bad_request              400  the request is not understood; the message says what was expected
//	unauthenticated          401  nobody is signed in
//	forbidden                403  the user may not do this, or the request comes from another site
//	not_found                404  there is no such workflow, version, run or address
//	method_not_allowed       405  the address knows other methods
//	conflict                 409  somebody else has saved: "current", beside "error", is the newest version
//	exists                   409  another workflow has the name, or is enabled for the trigger
//	too_large                413  the body is larger than [Config].MaxBody
//	unsupported_media_type   415  the body is not application/json
//	invalid                  422  the workflow has errors, which "problems" lists
//	internal                 500  a fault of the editor
//	unavailable              503  the store does not answer, or there is too much to do: try again
//
// A definition that is not JSON, which a database may hold, is shown as a JSON string with its text. Definitions are
// passed on as they are, with members that nobody knows, and numbers of any length.
//
// # Streams
//
// Streams are server-sent events. Each event has the number of the newest change as its id. A reader that comes back
// with the Last-Event-ID header is told what it has missed, and one that has seen the end of a run is told with status
// 204 that nothing more will come. Every 15 seconds something is sent, a reader that does not take it in 10 seconds is
// given up, and permissions are checked anew. Changes within a tenth of a second are one event. A server that shuts down
// should call [Editor.Close], which ends the streams.
//
// # Limits
//
// Bodies, open streams, definitions that are worked on at once, and the time of a dry run are bounded; see [Config].
// Workflows themselves are bounded by the limits of the engine. A workflow with more than 500 actions has no scopes in
// the answer to api/validate unless the request names actions in "scope_of".
//
// An answer larger than 4 kB is compressed for readers that take it. Assets have their hash in their names and are kept
// by browsers for good.
package editor
