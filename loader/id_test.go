package loader_test

import (
	"encoding/json"
	"errors"
	"math"
	"strconv"
	"testing"

	"github.com/workflowkit/workflowkit-go/loader"
)

func TestParseID(t *testing.T) {
	t.Parallel()
	for name, value := range map[string]any{
		"text": "42", "int": 42, "int32": int32(42), "int64": int64(42), "uint64": uint64(42), "float64": 42.0,
		"JSON number": json.Number("42"), "JSON number with a fraction of nothing": json.Number("42.0"),
		"raw text": json.RawMessage(`"42"`), "raw number": json.RawMessage(` 42 `), "raw exponent": json.RawMessage(`4.2e1`),
	} {
		if got, err := loader.ParseID(value); err != nil || got != 42 {
			t.Errorf("%s: ParseID(%#v) = %d, %v; want 42", name, value, got, err)
		}
	}
	if got, err := loader.ParseID("9223372036854775807"); err != nil || got != math.MaxInt64 {
		t.Errorf("largest id: %d, %v", got, err)
	}
	for name, value := range map[string]any{
		"nothing": nil, "empty text": "", "words": "abc", "a sign": "+1", "negative text": "-1", "a space": " 1", "zero": "0",
		"leading zero": "01", "hexadecimal": "0x1", "an exponent in text": "1e3", "a fraction in text": "1.0", "Arabic digits": "٤٢",
		"too large text": "9223372036854775808", "very long text": string(make([]byte, 100_000)),
		"negative": -1, "int zero": 0, "too large": uint64(math.MaxUint64), "a fraction": 1.5, "not a number": math.NaN(),
		"infinity": math.Inf(1), "an inexact float": 1e300, "bool": true, "object": map[string]any{"id": 1}, "array": []any{1},
		"JSON number that is none": json.Number("x"), "raw object": json.RawMessage(`{"id":1}`), "raw null": json.RawMessage("null"),
		"raw nothing": json.RawMessage(nil), "raw bool": json.RawMessage("true"), "two raw values": json.RawMessage("1 2"),
		"raw text of words": json.RawMessage(`"abc"`), "bytes": []byte("42"),
	} {
		got, err := loader.ParseID(value)
		if !errors.Is(err, loader.ErrInvalid) || got != 0 {
			t.Errorf("%s: ParseID(%.20v) = %d, %v; want ErrInvalid", name, value, got, err)
		}
		if err != nil && len(err.Error()) > 200 {
			t.Errorf("%s: the message has %d bytes", name, len(err.Error()))
		}
	}
}

// What an event's data may hold as id: whatever it is, it gives an id above 0 or ErrInvalid, and text and number agree.
func FuzzParseID(f *testing.F) {
	for _, seed := range []string{`1`, `"1"`, `1.0`, `1e2`, `-1`, `null`, `{}`, `"01"`, `9007199254740993`, `"9007199254740993"`, ``} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, raw string) {
		id, err := loader.ParseID(json.RawMessage(raw))
		if (err == nil) != (id > 0) {
			t.Fatalf("ParseID(%q) = %d, %v", raw, id, err)
		}
		if err != nil {
			if !errors.Is(err, loader.ErrInvalid) {
				t.Fatalf("ParseID(%q): %v is not ErrInvalid", raw, err)
			}
			return
		}
		again, err := loader.ParseID(strconv.FormatInt(id, 10))
		if err != nil || again != id {
			t.Fatalf("ParseID of its own result %d = %d, %v", id, again, err)
		}
	})
}
