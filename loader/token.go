package loader

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"

	"github.com/workflowkit/workflowkit-go/workflowkit"
)

// contentToken condenses texts to a number from 1 to 2^53-1, which every JSON reader keeps exactly. A nil text differs
// from an empty one. It is what tells whether a row is still as somebody has seen it, and it notices writes of
// software that knows nothing of us, which a counter would not.
func contentToken(texts ...*string) int64 {
	h := sha256.New()
	for _, t := range texts {
		if t == nil {
			h.Write([]byte{0})
			continue
		}
		var size [9]byte
		size[0] = 1
		binary.BigEndian.PutUint64(size[1:], uint64(len(*t)))
		h.Write(size[:])
		_, _ = io.WriteString(h, *t)
	}
	token := int64(binary.BigEndian.Uint64(h.Sum(nil)) >> 11)
	return max(token, 1)
}

// definitionVersion names the content of a definition: the same for every order of keys and every white space, since
// a jsonb column keeps neither. Empty for no definition.
func definitionVersion(definition json.RawMessage) string {
	if isNull(definition) {
		return ""
	}
	canonical, err := canonicalJSON(definition)
	if err != nil {
		canonical = definition // not JSON, as foreign rows can be: its bytes are all there is to compare
	}
	sum := sha256.Sum256(canonical)
	return hex.EncodeToString(sum[:16])
}

// contentHash identifies a definition as a run's record does. Of a text that is not JSON, which foreign rows can hold,
// its bytes are all there is to hash.
func contentHash(definition json.RawMessage) string {
	if hash := workflowkit.ContentHash(definition); hash != "" {
		return hash
	}
	sum := sha256.Sum256(definition)
	return hex.EncodeToString(sum[:])
}

// canonicalJSON sorts keys and removes white space. Numbers keep their digits, also those that no float64 can hold.
func canonicalJSON(raw []byte) ([]byte, error) {
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.UseNumber()
	var value any
	if err := dec.Decode(&value); err != nil {
		return nil, err
	}
	if _, err := dec.Token(); err != io.EOF {
		return nil, fmt.Errorf("text after the JSON value")
	}
	return json.Marshal(value)
}

func isNull(raw json.RawMessage) bool {
	trimmed := bytes.TrimSpace(raw)
	return len(trimmed) == 0 || bytes.Equal(trimmed, []byte("null"))
}
