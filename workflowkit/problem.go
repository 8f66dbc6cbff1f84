package workflowkit

import (
	"fmt"
	"strings"
)

// Severity says whether a finding stops a workflow from running.
type Severity string

const (
	// SeverityError marks a fault: the workflow does not run.
	SeverityError Severity = "error"
	// SeverityWarning marks something that is probably not what the author meant; the workflow runs.
	SeverityWarning Severity = "warning"
)

// Code identifies the kind of a finding. Codes are stable: programs may compare them.
type Code string

// The codes of findings.
const (
	CodeSyntax           Code = "syntax"             // not JSON, or not an object
	CodeShape            Code = "shape"              // a field of the format has the wrong JSON type
	CodeTooLarge         Code = "too_large"          // the document exceeds a limit
	CodeNoStart          Code = "no_start"           // no edge leaves $source
	CodeIDMissing        Code = "id_missing"         // an action has no id
	CodeIDDuplicate      Code = "id_duplicate"       // two actions have the same id
	CodeIDReserved       Code = "id_reserved"        // an id starts with $
	CodeIDInvalid        Code = "id_invalid"         // an id holds a slash or a control character
	CodeKindMissing      Code = "kind_missing"       // an action has no kind
	CodeKindUnknown      Code = "kind_unknown"       // the engine has no such kind
	CodeEdgeFrom         Code = "edge_from_unknown"  // an edge leaves an action that is not there
	CodeEdgeTo           Code = "edge_to_unknown"    // an edge leads to an action that is not there
	CodeEdgeDuplicate    Code = "edge_duplicate"     // the same edge is listed twice
	CodeEdgeAmbiguous    Code = "edge_ambiguous"     // two edges join the same actions and one is unconditional
	CodeEdgeUndeclared   Code = "edge_undeclared"    // the action's kind allows only its own edges
	CodeBranchMissing    Code = "branch_missing"     // a predefined edge of the kind is not drawn
	CodeCycle            Code = "cycle"              // actions wait for each other
	CodeUnreachable      Code = "unreachable"        // no path leads to an action
	CodeInputMissing     Code = "input_missing"      // a required input is not set
	CodeInputUnknown     Code = "input_unknown"      // the kind has no such input
	CodeInputType        Code = "input_type"         // an input does not fit its schema
	CodeRefSyntax        Code = "ref_syntax"         // a ref does not parse
	CodeRefUnknown       Code = "ref_unknown"        // a ref names an action that is not there
	CodeRefOrder         Code = "ref_order"          // a ref names an action that cannot have run before
	CodeRefMaybe         Code = "ref_maybe"          // a ref names an action that runs on some paths only
	CodeRefProperty      Code = "ref_property"       // a ref names a property that the output cannot have
	CodeRefType          Code = "ref_type"           // a ref's type does not fit the input
	CodeConditionType    Code = "condition_type"     // an unknown type of condition
	CodeConditionRef     Code = "condition_ref"      // a condition without a ref
	CodeConditionValue   Code = "condition_value"    // a match condition without a value
	CodeLogicOperator    Code = "logic_operator"     // an unknown JSON Logic operator
	CodeLogicShape       Code = "logic_shape"        // a JSON Logic operator with wrong arguments
	CodeRetries          Code = "retries_invalid"    // an action's retries are not a whole number from 0 to 20
	CodeTimeout          Code = "timeout_invalid"    // an action's timeout is not a duration
	CodeEventData        Code = "event_data"         // the data of an event does not fit its type
	CodeDefinitionAbsent Code = "definition_missing" // the workflow has no definition
	CodeMore             Code = "more"               // there are more findings than are listed
)

// Problem is one finding about a workflow, made to be shown to the person who drew it.
type Problem struct {
	// Code identifies the kind of finding.
	Code Code `json:"code"`
	// Severity says whether the workflow can run.
	Severity Severity `json:"severity"`
	// Path is a JSON pointer (RFC 6901) into the document. Empty means the whole document.
	Path string `json:"path"`
	// ID is the id of the action or edge that the finding is about. Empty means the workflow. An edge without an id
	// is named "from->to".
	ID string `json:"id"`
	// Message says what is wrong and what was expected, in one sentence.
	Message string `json:"message"`
	// Hint says what to do. It may be empty.
	Hint string `json:"hint"`
}

// String returns the finding on one line.
func (p Problem) String() string {
	var b strings.Builder
	if p.Path != "" {
		fmt.Fprintf(&b, "%s: ", p.Path)
	}
	b.WriteString(p.Message)
	if p.Hint != "" {
		fmt.Fprintf(&b, " (%s)", p.Hint)
	}
	fmt.Fprintf(&b, " [%s]", p.Code)
	return b.String()
}

// Problems is a list of findings in the order of the document: findings about the same place are in a fixed order, too.
// A document with more than 1,000 findings has the first 1,000 listed, and a last one with the code "more".
type Problems []Problem

// Errors returns the findings that stop a workflow from running.
func (ps Problems) Errors() Problems { return ps.with(SeverityError) }

// Warnings returns the findings that do not stop a workflow from running.
func (ps Problems) Warnings() Problems { return ps.with(SeverityWarning) }

func (ps Problems) with(s Severity) Problems {
	var out Problems
	for _, p := range ps {
		if p.Severity == s {
			out = append(out, p)
		}
	}
	return out
}

// Err returns an *[InvalidError] with all findings if at least one of them is an error, and nil otherwise.
func (ps Problems) Err() error {
	if len(ps.Errors()) == 0 {
		return nil
	}
	return &InvalidError{Problems: ps}
}

// failed reports whether one of the findings is an error.
func (ps Problems) failed() bool {
	for i := range ps {
		if ps[i].Severity == SeverityError {
			return true
		}
	}
	return false
}

// onlyKinds reports whether all errors are kinds that are not known.
func (ps Problems) onlyKinds() bool {
	for i := range ps {
		if ps[i].Severity == SeverityError && ps[i].Code != CodeKindUnknown {
			return false
		}
	}
	return true
}

// text lists the errors, one after another.
func (ps Problems) text() string {
	const most = 50
	faults := ps.Errors()
	lines := make([]string, 0, min(len(faults), most+1))
	for i, p := range faults {
		if i == most {
			lines = append(lines, fmt.Sprintf("and %d more", len(faults)-most))
			break
		}
		lines = append(lines, p.String())
	}
	return strings.Join(lines, "; ")
}

// InvalidError is the error of a workflow that cannot run. Its text names every fault. It is never retried.
type InvalidError struct {
	// Problems are all findings, warnings included.
	Problems Problems
}

// Error implements error.
func (e *InvalidError) Error() string { return "invalid workflow: " + e.Problems.text() }

// InputError is the error of an action whose inputs do not fit its schema once their refs are resolved (rule 9). It is
// never retried.
type InputError struct {
	// ActionID and Kind name the action.
	ActionID, Kind string
	// Problems name the inputs, what was expected and what was found.
	Problems Problems
}

// Error implements error.
func (e *InputError) Error() string {
	return fmt.Sprintf("inputs of action %q (kind %q): %s", e.ActionID, e.Kind, e.Problems.text())
}
