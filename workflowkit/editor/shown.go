package editor

import (
	"encoding/json"

	"github.com/workflowkit/workflowkit-go/workflowkit/store"
)

// shownWorkflow returns a workflow as it can be sent.
func shownWorkflow(w store.Workflow) store.Workflow {
	if w.Draft != nil {
		v := shownVersion(*w.Draft)
		w.Draft = &v
	}
	if w.Published != nil {
		v := shownVersion(*w.Published)
		w.Published = &v
	}
	return w
}

// shownVersion returns a version as it can be sent.
func shownVersion(v store.Version) store.Version {
	v.Definition = shownJSON(v.Definition)
	return v
}

// shownJSON returns what a column holds as JSON. Text that is not JSON, which some applications have let into their
// tables, is shown as a JSON string with that text: a person can see it, and replace it.
func shownJSON(raw json.RawMessage) json.RawMessage {
	if raw == nil || json.Valid(raw) {
		return raw
	}
	text, err := json.Marshal(string(raw))
	if err != nil {
		return nil // unreachable: strings always marshal
	}
	return text
}
