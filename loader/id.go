package loader

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"strconv"
)

// ParseID returns the id of a post or a workflow from what an event or a URL holds: a decimal string, any Go integer, an
// integral float64, a json.Number, or one of these as raw JSON. Everything else, and every number below 1, gives an
// error that matches [ErrInvalid].
//
// The TypeScript application sends ids as strings; other senders send numbers.
func ParseID(value any) (int64, error) {
	switch v := value.(type) {
	case string:
		return parseDecimalID(v)
	case json.Number:
		return parseNumberID(v)
	case json.RawMessage:
		return parseRawID(v)
	case int:
		return positiveID(int64(v))
	case int32:
		return positiveID(int64(v))
	case int64:
		return positiveID(v)
	case uint64:
		if v > math.MaxInt64 {
			return 0, fmt.Errorf("%w id %d: too large", ErrInvalid, v)
		}
		return positiveID(int64(v))
	case float64:
		return parseFloatID(v)
	case nil:
		return 0, fmt.Errorf("%w id: it is missing, a string or a number is needed", ErrInvalid)
	default:
		return 0, fmt.Errorf("%w id of type %T, a string or a number is needed", ErrInvalid, value)
	}
}

func parseDecimalID(text string) (int64, error) {
	if text == "" {
		return 0, fmt.Errorf("%w id: it is empty", ErrInvalid)
	}
	for _, c := range []byte(text) {
		if c < '0' || c > '9' {
			return 0, fmt.Errorf("%w id %q: digits are needed", ErrInvalid, clip(text))
		}
	}
	if text[0] == '0' {
		return 0, fmt.Errorf("%w id %q: it must not start with 0", ErrInvalid, clip(text))
	}
	id, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return 0, fmt.Errorf("%w id %q: too large", ErrInvalid, clip(text))
	}
	return id, nil
}

func parseNumberID(n json.Number) (int64, error) {
	if id, err := strconv.ParseInt(n.String(), 10, 64); err == nil {
		return positiveID(id)
	}
	f, err := n.Float64()
	if err != nil {
		return 0, fmt.Errorf("%w id %q: an integer is needed", ErrInvalid, clip(n.String()))
	}
	return parseFloatID(f)
}

// parseFloatID accepts what a float64 can hold exactly: beyond 2^53 the number may be another post's.
func parseFloatID(f float64) (int64, error) {
	if f != math.Trunc(f) || math.Abs(f) > 1<<53 {
		return 0, fmt.Errorf("%w id %v: an integer of at most 2^53 is needed", ErrInvalid, f)
	}
	return positiveID(int64(f))
}

func parseRawID(raw json.RawMessage) (int64, error) {
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.UseNumber()
	var value any
	if err := dec.Decode(&value); err != nil || dec.More() {
		return 0, fmt.Errorf("%w id %q: it is not a JSON value", ErrInvalid, clip(string(raw)))
	}
	switch value.(type) {
	case string, json.Number, nil:
		return ParseID(value)
	default:
		return 0, fmt.Errorf("%w id %q: a string or a number is needed", ErrInvalid, clip(string(raw)))
	}
}

func positiveID(id int64) (int64, error) {
	if id < 1 {
		return 0, fmt.Errorf("%w id %d: it must be at least 1", ErrInvalid, id)
	}
	return id, nil
}

// clip keeps messages short when somebody sends a whole document where an id is expected.
func clip(text string) string {
	if len(text) > 40 {
		return text[:40] + "…"
	}
	return text
}
