package actions

import (
	"fmt"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// approvalOf returns the expression that the answers for a post match, whether they carry its id as a string or as a
// number.
//
// The two forms are compared separately. CEL's string(async.data.id) writes a number from a million on as 1e+06, and
// Inngest's index of waits, which takes expressions apart, loses waits whose expression combines it with a comparison.
// Nor does that index know escapes: a wait for an id that needs one would never end, so such an id is an error.
func approvalOf(id string) (string, error) {
	if !utf8.ValidString(id) || strings.ContainsAny(id, `"\`) || strings.ContainsFunc(id, func(r rune) bool { return !unicode.IsPrint(r) }) {
		return "", fmt.Errorf("the id of post %q holds a quote, a backslash or a control character, so no answer could be matched with it", id)
	}
	expression := `async.data.id == "` + id + `"`
	if n, err := strconv.ParseInt(id, 10, 64); err == nil && n >= 0 && n <= maxExact && strconv.FormatInt(n, 10) == id {
		expression += " || async.data.id == " + id
	}
	return expression, nil
}
