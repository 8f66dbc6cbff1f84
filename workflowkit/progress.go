package workflowkit

import (
	"context"
	"time"
)

// Progress is what a backend knows about the passes of a run. [Tools] that implement it let the engine tell what is new
// in a pass from what the pass repeats, so that observers are told of each transition by one pass only, and results have
// times. With tools that do not, results have no times, and what observers are told twice is only noticed as long as
// this process remembers it.
//
// Methods are called by the goroutine that calls the tools.
type Progress interface {
	// Pass returns a number for the pass that grows from one pass to the next which has something new to see. A pass
	// that repeats an earlier one, because that was lost, has the same number. A pass that is made to execute one
	// planned step is not the one to see what follows from other steps: then discovers is false.
	Pass() (number int, discovers bool)

	// Known returns the number of the first pass that could know the result which the last call of a method has returned.
	// For a result that was made in this pass it is the number of the pass. It may be higher: in the serial part of a run
	// when the pass repeats one that was lost, in branches when another pass is to see the result. The engine asks after
	// each call that has returned a result, an error that is one included.
	Known() int

	// Watch asks to call f around each execution of a step's function. It is called once, before any other method of
	// the tools.
	Watch(f StepWatcher)

	// Now returns the time.
	Now() time.Time

	// Memory returns where to remember what has been told about the run. Nil means that the engine does by itself,
	// within bounds.
	Memory() *Memory
}

// StepWatcher is called before the function of a step is executed, with the step's full id and the number of the attempt,
// from 0. It returns the context for the function, and what to call after it: with the function's error, and whether
// the error is final. Neither is called for a step whose result is known.
type StepWatcher func(ctx context.Context, id string, attempt int) (context.Context, func(err error, final bool))
