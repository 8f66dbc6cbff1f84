package workflowkit

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"strconv"

	"github.com/workflowkit/workflowkit-go/workflowkit/internal/jsonvalue"
)

var jsonNull = json.RawMessage("null")

// decodeValue decodes JSON into nil, bool, string, json.Number, []any and map[string]any. Numbers keep their digits.
func decodeValue(raw []byte) (any, error) { return jsonvalue.Decode(raw, nil) }

// marshalValue writes a decoded JSON value, with the members of objects in the order of their names.
func marshalValue(value any) (json.RawMessage, error) {
	return jsonvalue.Append(nil, value, nil, math.MaxInt)
}

// decodeObject decodes a JSON object, with null and nothing as an empty one. Numbers keep their digits.
func decodeObject(raw []byte) (map[string]any, error) {
	if isNull(raw) {
		return map[string]any{}, nil
	}
	value, err := jsonvalue.Decode(raw, nil)
	if err != nil {
		return nil, err
	}
	object, ok := value.(map[string]any)
	if !ok {
		return nil, fmt.Errorf("%s where an object is expected", jsonKind(raw))
	}
	return object, nil
}

// isNull reports whether raw is JSON null or nothing at all.
func isNull(raw []byte) bool {
	trimmed := bytes.TrimSpace(raw)
	return len(trimmed) == 0 || bytes.Equal(trimmed, jsonNull)
}

// jsonKind names the type of a JSON value for messages.
func jsonKind(raw []byte) string {
	trimmed := bytes.TrimSpace(raw)
	if len(trimmed) == 0 {
		return "nothing"
	}
	switch trimmed[0] {
	case '{':
		return "object"
	case '[':
		return "array"
	case '"':
		return "string"
	case 't', 'f':
		return "boolean"
	case 'n':
		return "null"
	default:
		return "number"
	}
}

// formatInt writes a number in decimal.
func formatInt(n int64) string { return strconv.FormatInt(n, 10) }
