package local

import (
	"encoding/json"
	"fmt"

	"github.com/workflowkit/workflowkit-go/inngest/internal/expr"
)

type singleton struct {
	key    *expr.Program // nil: one run of the function
	cancel bool          // else skip
}

// singletonCancels reads the mode, which is a name, or a number from apps that are older.
func singletonCancels(mode json.RawMessage) (bool, error) {
	switch string(mode) {
	case `"cancel"`, `"Cancel"`, "1":
		return true, nil
	case "", "null", `"skip"`, `"Skip"`, "0":
		return false, nil
	}
	return false, fmt.Errorf("unknown mode %s", mode)
}

// singleton makes room for a run of a function of which there must be only one, and returns the key that the run then
// has to hold (empty for none), or reports that the run has to be skipped.
func (s *Server) singleton(f *function, e *event, vars map[string]any) (key string, skipped bool) {
	config := f.singleton
	if config == nil {
		return "", false
	}
	key = f.id
	if config.key != nil {
		value := config.key.Value(vars)
		if value == false {
			return "", false // not a singleton for this event
		}
		key = fmt.Sprintf("%s/%v", f.id, value)
	}
	holder := s.singletons[key]
	switch {
	case holder == nil:
	case !config.cancel:
		return "", true
	case s.repeated(f, e):
		s.fault(holder, FaultLostRun, "event %q (id %q) came again; the real server then cancels the run that holds the singleton "+
			"and starts no other one, because the event was handled before", e.name, e.id)
	default:
		s.finalize(holder, Cancelled, nil, nil)
	}
	return key, false
}
