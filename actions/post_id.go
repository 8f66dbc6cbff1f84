package actions

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"strconv"
)

// PostID is the id of a post as it travels in events. It unmarshals from a JSON string or a whole number, since both
// kinds of senders exist, and marshals as a string. Null leaves it empty.
type PostID string

// maxExact is the largest whole number below which every whole number has its own float64.
const maxExact = 1 << 53

// UnmarshalJSON implements [json.Unmarshaler].
func (id *PostID) UnmarshalJSON(data []byte) error {
	data = bytes.TrimSpace(data)
	switch {
	case len(data) == 0:
		return errNoID
	case string(data) == "null":
		return nil
	case data[0] == '"':
		return json.Unmarshal(data, (*string)(id))
	}
	text := string(data)
	if n, err := strconv.ParseInt(text, 10, 64); err == nil {
		*id = PostID(strconv.FormatInt(n, 10))
		return nil
	}
	// Some senders write whole numbers as 12.0 or 1.2e1. Beyond 2^53 such a number may stand for another post.
	if f, err := strconv.ParseFloat(text, 64); err == nil && f == math.Trunc(f) && math.Abs(f) <= maxExact {
		*id = PostID(strconv.FormatInt(int64(f), 10))
		return nil
	}
	return fmt.Errorf("the id of a post is %s, a string or a whole number is needed", clip(text, 40))
}
