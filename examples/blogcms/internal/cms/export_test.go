package cms

import "time"

// SetClock replaces the clock by which double clicks are told from decisions that are meant.
func SetClock(a *App, now func() time.Time) {
	a.clicks.mu.Lock()
	defer a.clicks.mu.Unlock()
	a.clicks.now = now
}
