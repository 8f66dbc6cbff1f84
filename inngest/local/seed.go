package local

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"strconv"
	"strings"

	"github.com/oklog/ulid/v2"
)

// seededID derives the id of an event from the seed that a client sends with all attempts of one request ("milliseconds,
// ten bytes in base64"), and from the position of the event. It returns "" if that is not what the seed is.
func seededID(seed string, position int) string {
	millis, encoded, found := strings.Cut(seed, ",")
	at, err := strconv.ParseInt(millis, 10, 64)
	if !found || err != nil || at <= 0 {
		return ""
	}
	random, err := base64.StdEncoding.DecodeString(encoded)
	if err != nil || len(random) != 10 {
		return ""
	}
	tail := random[6:]
	binary.BigEndian.PutUint32(tail, binary.BigEndian.Uint32(tail)+uint32(position))
	id, err := ulid.New(uint64(at), bytes.NewReader(random))
	if err != nil {
		return ""
	}
	return id.String()
}
