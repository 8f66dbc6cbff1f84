package cms

import (
	"encoding/json"
	"time"
)

// SetClock replaces the clock by which double clicks are told from decisions that are meant.
func SetClock(a *App, now func() time.Time) {
	a.clicks.mu.Lock()
	defer a.clicks.mu.Unlock()
	a.clicks.now = now
}

// Draw returns the drawing that pages show for a definition.
func Draw(definition string) string {
	return string((&App{}).draw(json.RawMessage(definition), "event"))
}
