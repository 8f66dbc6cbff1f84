package local

import (
	"encoding/json"
	"time"
)

// Step is what is known about a step of a run.
type Step struct {
	// ID is the hash by which the app and the server know the step.
	ID string
	// Name is the name that the app displays.
	Name string
	// UserID is the id that the code gives the step, before hashing; repeated ids have Index 1, 2 and so on.
	UserID string
	// Index is which repetition of the id this is, from 0.
	Index int
	// Op is the operation last reported, such as "StepRun", "Sleep" or "WaitForEvent".
	Op string
	// Status is how the step is doing.
	Status Status
	// Attempts is how often the step's own code was run, as far as the app has reported that.
	Attempts int
	// Output is the result, nil if there is none.
	Output json.RawMessage
	// Error is the last error; nil if there was none.
	Error *StepError
	// Reported and Ended are when the server has first heard of the step, and when it got its result.
	Reported, Ended time.Time
}
