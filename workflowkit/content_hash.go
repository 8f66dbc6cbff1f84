package workflowkit

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"math"

	"github.com/workflowkit/workflowkit-go/workflowkit/internal/jsonvalue"
)

// ContentHash identifies the content of a definition: the SHA-256 of its canonical form, in hex, as in
// [WorkflowInfo].Hash. Two spellings of the same JSON have the same hash: databases that store JSON reorder the members
// of objects. The hash of what is not JSON is empty.
func ContentHash(definition json.RawMessage) string {
	value, err := jsonvalue.Decode(definition, nil)
	if err != nil {
		return ""
	}
	canonical, err := jsonvalue.Append(nil, value, nil, math.MaxInt)
	if err != nil {
		return ""
	}
	sum := sha256.Sum256(canonical)
	return hex.EncodeToString(sum[:])
}
