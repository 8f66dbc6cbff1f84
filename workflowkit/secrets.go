package workflowkit

import "encoding/json"

// redactedInputs returns the inputs of a node as observers and results may see them.
func (x *execution) redactedInputs(i int) json.RawMessage { return x.nodes[i].inputs }

// redactedOutput returns the output of a node as observers and results may see it.
func (x *execution) redactedOutput(i int) json.RawMessage { return x.state.outputs[i].raw }

// redactedError returns the text of an error of a node as observers and results may see it.
func (x *execution) redactedError(_ int, err error) string { return err.Error() }
