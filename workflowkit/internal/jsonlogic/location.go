package jsonlogic

import (
	"slices"
	"strconv"
	"strings"
)

// location is a place in a rule. It is a link to the place around it, so that a deep rule does not cost a long path
// for each of its parts; the path is written out only for a message.
type location struct {
	around *location // nil for the whole rule
	key    string    // the member, when index is negative
	index  int
}

func (l *location) member(key string) *location { return &location{around: l, key: key, index: -1} }

func (l *location) item(i int) *location { return &location{around: l, index: i} }

// pointer writes the place as a JSON pointer (RFC 6901).
func (l *location) pointer() string {
	var parts []string
	escape := strings.NewReplacer("~", "~0", "/", "~1")
	for ; l != nil && l.around != nil; l = l.around {
		part := strconv.Itoa(l.index)
		if l.index < 0 {
			part = escape.Replace(shorten(l.key))
		}
		parts = append(parts, "/"+part)
	}
	slices.Reverse(parts)
	return strings.Join(parts, "")
}

// shorten cuts a name that is too long for a message.
func shorten(name string) string {
	const most = 64
	if len(name) <= most {
		return name
	}
	return strings.ToValidUTF8(name[:most], "") + "…"
}
