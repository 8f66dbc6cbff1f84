package local

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// FaultKind says what is wrong in a [Fault].
type FaultKind string

// The kinds of faults. Each fails the run that it is about.
const (
	// FaultTargetMissed: the app was called to run one step and returned the function's result instead, because it did not
	// find the step. The real server completes the run.
	FaultTargetMissed FaultKind = "target missed"
	// FaultUnasked: an answer reports something about a step that the call was not about.
	FaultUnasked FaultKind = "unasked operation"
	// FaultRepeated: an answer reports a step whose result the call has carried.
	FaultRepeated FaultKind = "repeated operation"
	// FaultExecutedTwice: the body of a step has run twice, each time to a result. The real server keeps the first.
	FaultExecutedTwice FaultKind = "executed twice"
	// FaultAfterEnd: an answer came after the function had returned, and it is not one that does not matter. The real
	// server may show the completed run as failed.
	FaultAfterEnd FaultKind = "answer after the end"
	// FaultNoBarrier: a group in Race mode is not closed by a last planned step that waits for all others, or a step runs
	// serially after such a group. On the real server two discoveries can then reach the same code at once: a step runs
	// twice, or the completed run is shown as failed. It is reported also when it happened to go well.
	FaultNoBarrier FaultKind = "no barrier"
	// FaultUnfinished: the function has returned while steps that it had planned were not finished. The real server
	// completes the run and drops their results.
	FaultUnfinished FaultKind = "unfinished steps"
	// FaultUnparsable: an answer cannot be understood.
	FaultUnparsable FaultKind = "unparsable answer"
	// FaultStuck: nothing is left that could continue the run. The real server shows it as running for ever.
	FaultStuck FaultKind = "stuck"
	// FaultLostRun: an event that was sent twice with the same id has cancelled the run of a singleton that cancels, without
	// starting another one. The real server shows the run as cancelled.
	FaultLostRun FaultKind = "lost run"
	// FaultUnsupported: the app uses something that this server does not implement.
	FaultUnsupported FaultKind = "unsupported"
)

// Fault is something that the real server would swallow silently, or only now and then notice.
type Fault struct { //nolint:errname // users read it as a thing, and get it as an error now and then
	// Kind is what kind of thing it is.
	Kind FaultKind
	// RunID and FunctionID say where.
	RunID, FunctionID string
	// Message explains it.
	Message string
	// At is when it was noticed.
	At time.Time
}

// Error implements error.
func (f Fault) Error() string {
	return fmt.Sprintf("%s: run %s of %s: %s", f.Kind, f.RunID, f.FunctionID, f.Message)
}

// FaultsError is the error of [Server.Err]: all faults of a server.
type FaultsError []Fault

// Error implements error.
func (e FaultsError) Error() string {
	lines := make([]string, len(e))
	for i, f := range e {
		lines[i] = f.Error()
	}
	return strings.Join(lines, "\n")
}

// Faults returns all faults so far.
func (s *Server) Faults() []Fault {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.faults)
}

// Err returns nil if there were no faults, else a [FaultsError]. A test asks for it at its end.
func (s *Server) Err() error {
	if faults := s.Faults(); len(faults) > 0 {
		return FaultsError(faults)
	}
	return nil
}

// fault records a fault and fails the run, also one that has ended already.
func (s *Server) fault(r *run, kind FaultKind, format string, args ...any) {
	f := Fault{Kind: kind, RunID: r.id, FunctionID: r.fn.slug, Message: fmt.Sprintf(format, args...), At: s.clock.Now()}
	s.faults = append(s.faults, f)
	r.faults = append(r.faults, f)
	s.log.Error("fault that the real server would swallow", "kind", f.Kind, "run_id", f.RunID, "function_id", f.FunctionID, "fault", f.Message)
	failure := &RunError{Err: "local: " + string(kind), Name: "LocalFault", Message: string(kind) + ": " + f.Message}
	if r.status == Running {
		s.finalize(r, Failed, nil, failure)
		return
	}
	r.status, r.err = Failed, failure
}
