package inngest

import (
	"encoding/json"
	"net/http"

	"github.com/inngest/inngestgo"
)

// headerFramework tells the server what serves the app.
const (
	headerFramework = "X-Inngest-Framework"
	framework       = "workflowkit-go"
)

// errorBody is what the server shows of a call that failed.
type errorBody struct {
	Name    string `json:"name"`
	Message string `json:"message"`
}

// respond writes v as JSON, and the headers that every answer of an SDK has.
func respond(w http.ResponseWriter, status int, v any) {
	inngestgo.SetBasicResponseHeaders(w)
	w.Header().Del(inngestgo.HeaderKeyUserAgent) // is a header of requests
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(v)
}

// respondError writes an error. Without a statement about retries the server decides by the status.
func respondError(w http.ResponseWriter, status int, name, message string) {
	respond(w, status, errorBody{Name: name, Message: message})
}

// refuse answers a caller who has not proved who they are, and so learns nothing about the app.
func refuse(w http.ResponseWriter, message string) {
	w.Header().Set(inngestgo.HeaderKeyContentType, "application/json")
	w.WriteHeader(http.StatusUnauthorized)
	_ = json.NewEncoder(w).Encode(errorBody{Name: "Unauthorized", Message: message})
}

// guardedWriter passes on what inngestgo answers to a call, except that a run is never reported as finished when it is
// not: 200 would end the run.
type guardedWriter struct {
	http.ResponseWriter
	call     *call
	status   int
	replaced bool
	message  []byte // the beginning of the body of an error
}

// Unwrap gives [http.ResponseController] the writer below.
func (w *guardedWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// WriteHeader implements [http.ResponseWriter].
func (w *guardedWriter) WriteHeader(status int) {
	if w.status != 0 {
		return
	}
	w.status = status
	w.Header().Del(inngestgo.HeaderKeyUserAgent)
	if status != http.StatusOK {
		w.ResponseWriter.WriteHeader(status)
		return
	}
	switch {
	case w.call.target != "":
		// The server wants one step, and the function, or the workflow, no longer has it.
		w.replace("StepNotFound", "step "+w.call.target+" not found: the function has changed since it was planned")
	case w.call.suspended:
		// For instance the caller went away while a step was about to start.
		w.replace("Suspended", "the function stopped without asking for a step")
	default:
		w.ResponseWriter.WriteHeader(status)
	}
}

func (w *guardedWriter) replace(name, message string) {
	w.status, w.replaced = http.StatusInternalServerError, true
	w.message = []byte(message)
	respondError(w.ResponseWriter, http.StatusInternalServerError, name, message)
}

// Write implements [http.ResponseWriter].
func (w *guardedWriter) Write(b []byte) (int, error) {
	w.WriteHeader(http.StatusOK)
	if w.replaced {
		return len(b), nil
	}
	if w.status >= http.StatusBadRequest && len(w.message) == 0 {
		w.message = append(w.message, b[:min(len(b), 512)]...)
	}
	return w.ResponseWriter.Write(b)
}
