package inngest

import (
	"encoding/json"
	"net/http"

	"github.com/inngest/inngestgo"
)

// Headers that tell the server what serves the app, where, and how long it took.
const (
	headerFramework = "X-Inngest-Framework"
	headerPlatform  = "X-Inngest-Platform"
	headerTiming    = "Server-Timing"
	framework       = "workflowkit-go"
	requestVersion  = "2" // of the protocol
)

// describeItself sets the headers by which the server knows what serves the app.
func (h *handler) describeItself(header http.Header) {
	header.Set(headerFramework, framework)
	if h.settings.platform != "" {
		header.Set(headerPlatform, h.settings.platform)
	}
}

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
