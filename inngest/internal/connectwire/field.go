package connectwire

import (
	"fmt"

	"google.golang.org/protobuf/encoding/protowire"
)

// field is the value of a field: a number or bytes, whatever its number asks for.
type field struct {
	number uint64
	bytes  []byte
}

func (f field) text() string { return string(f.bytes) }

// parse calls set for each field of a message. Fields of types that no message here has are skipped.
func parse(b []byte, set func(n protowire.Number, f field)) error {
	for len(b) > 0 {
		n, kind, length := protowire.ConsumeTag(b)
		if length < 0 {
			return fmt.Errorf("connect message: %w", protowire.ParseError(length))
		}
		b = b[length:]
		var f field
		switch kind {
		case protowire.VarintType:
			f.number, length = protowire.ConsumeVarint(b)
		case protowire.BytesType:
			f.bytes, length = protowire.ConsumeBytes(b)
		default:
			length = protowire.ConsumeFieldValue(n, kind, b)
		}
		if length < 0 {
			return fmt.Errorf("connect message: field %d: %w", n, protowire.ParseError(length))
		}
		b = b[length:]
		set(n, f)
	}
	return nil
}

// A field with the zero value is not written, as in proto3.

func appendUint(b []byte, n protowire.Number, v uint64) []byte {
	if v == 0 {
		return b
	}
	return protowire.AppendVarint(protowire.AppendTag(b, n, protowire.VarintType), v)
}

func appendBool(b []byte, n protowire.Number, v bool) []byte {
	if !v {
		return b
	}
	return appendUint(b, n, 1)
}

func appendBytes(b []byte, n protowire.Number, v []byte) []byte {
	if len(v) == 0 {
		return b
	}
	return protowire.AppendBytes(protowire.AppendTag(b, n, protowire.BytesType), v)
}

func appendText(b []byte, n protowire.Number, v string) []byte {
	return appendBytes(b, n, []byte(v))
}
