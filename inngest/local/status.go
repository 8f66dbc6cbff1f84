package local

// Status is how a run, or a step, is doing.
type Status string

// The statuses of runs.
const (
	// Running is a run that has not ended; it may wait, or not have started yet.
	Running Status = "Running"
	// Completed is a run whose function has returned without an error, or a step that has a result.
	Completed Status = "Completed"
	// Failed is a run or step that has failed for good.
	Failed Status = "Failed"
	// Cancelled is a run that was cancelled.
	Cancelled Status = "Cancelled"
	// Skipped is a run that never started because another one of the same singleton was running.
	Skipped Status = "Skipped"
)

// The statuses of steps besides [Running] (being called), [Completed] and [Failed].
const (
	// Planned is a step that is to be called.
	Planned Status = "Planned"
	// Retrying is a step that has failed and is to be tried again.
	Retrying Status = "Retrying"
	// Waiting is a step that waits for time, an event, a signal or another run.
	Waiting Status = "Waiting"
	// TimedOut is a wait whose event has not come in time.
	TimedOut Status = "TimedOut"
)

// Ended reports whether the status of a run is final.
func (s Status) Ended() bool { return s != Running }
