package cms

import (
	"bytes"
	"encoding/json"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/workflowkit/workflowkit-go/actions"
)

// startsOn says in words when an event happens.
func startsOn(trigger string) string {
	switch trigger {
	case "":
		return "Nothing starts it"
	case actions.EventPostUpdated:
		return "When a post is sent to review"
	case actions.EventPostPublished:
		return "When a post is published"
	default:
		return "On the event " + trigger
	}
}

// date writes a time for people, who all read the same. Pages say that it is UTC.
func date(at any) string {
	t, ok := timeOf(at)
	if !ok {
		return ""
	}
	return t.UTC().Format("2 Jan 2006, 15:04")
}

// stamp writes a time for programs.
func stamp(at any) string {
	t, ok := timeOf(at)
	if !ok {
		return ""
	}
	return t.UTC().Format(time.RFC3339)
}

func timeOf(at any) (time.Time, bool) {
	switch t := at.(type) {
	case time.Time:
		return t, !t.IsZero()
	case *time.Time:
		if t != nil {
			return *t, true
		}
	}
	return time.Time{}, false
}

// took is how long something has lasted, or nothing as long as it is not over.
func took(from, to any) string {
	start, ok := timeOf(from)
	end, over := timeOf(to)
	if !ok || !over {
		return ""
	}
	switch d := end.Sub(start); {
	case d < time.Second:
		return max(d, 0).Round(time.Millisecond).String()
	case d < time.Minute:
		return d.Round(100 * time.Millisecond).String()
	default:
		return strings.TrimSuffix(d.Round(time.Second).String(), "0s")
	}
}

// initials are what stands for somebody where there is no room for a name.
func initials(name string) string {
	var out strings.Builder
	for _, word := range strings.FieldsFunc(name, func(r rune) bool { return r == ' ' || r == '.' || r == '@' || r == '-' }) {
		first, _ := utf8.DecodeRuneInString(word)
		out.WriteString(strings.ToUpper(string(first)))
		if utf8.RuneCountInString(out.String()) == 2 {
			break
		}
	}
	return out.String()
}

// pretty makes JSON readable. The order of its members stays.
func pretty(raw json.RawMessage) string {
	var out bytes.Buffer
	if json.Indent(&out, raw, "", "  ") != nil {
		return string(raw)
	}
	return out.String()
}
