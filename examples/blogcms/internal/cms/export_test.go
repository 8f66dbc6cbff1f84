package cms

import (
	"encoding/json"
	"net/http"
	"time"

	"github.com/workflowkit/workflowkit-go/loader"
)

// SetClock replaces the clock by which double clicks are told from decisions that are meant.
func SetClock(a *App, now func() time.Time) {
	a.clicks.mu.Lock()
	defer a.clicks.mu.Unlock()
	a.clicks.now = now
}

// Route is a route with the role that it takes.
type Route struct {
	Method, Path string
	Need         loader.Role
}

// Routes returns the routes that have rules: all but the endpoint of Inngest and the visual editor.
func Routes(a *App) []Route {
	var out []Route
	for _, routes := range []map[string]methods{a.apiRoutes(), a.pageRoutes(), {"/healthz": {http.MethodGet: everybody(http.HandlerFunc(a.health))}}} {
		for path, handlers := range routes {
			for method, rule := range handlers {
				out = append(out, Route{method, path, rule.need})
			}
		}
	}
	return out
}

// Draw returns the drawing that pages show for a definition.
func Draw(definition string) string {
	return string((&App{}).draw(json.RawMessage(definition), "event"))
}
