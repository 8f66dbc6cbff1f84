package workflowkit

import (
	"fmt"
	"strings"
	"time"
)

// MaxRetries is the largest number of retries that an action can have: the limit of Inngest.
const MaxRetries = 20

// The members of an action that say how it fails.
const (
	memberRetries = "retries"
	memberTimeout = "timeout"
)

// failureHandling reads how often the steps of an action are tried again, and how long an attempt may take. Null is as
// good as absent.
func (c *compiler) failureHandling(action WorkflowAction, at place) (retries *int, timeout time.Duration) {
	if raw, ok := action.members.Get(memberRetries); ok && !isNull(raw) {
		retries = readInteger(raw)
		where := at.in(memberRetries)
		switch text := clip(string(raw), maxShown); {
		case jsonKind(raw) != "number":
			hint := "write a whole number"
			if inner := readText(raw); inner != "" && jsonKind([]byte(inner)) == "number" {
				hint = "write it without quotes"
			}
			c.error(CodeRetries, where, hint, "retries of action %q are of type %s, a whole number is expected", at.id, jsonKind(raw))
		case retries == nil:
			c.error(CodeRetries, where, "write a whole number", "retries of action %q are %s, which is not a whole number", at.id, text)
		case *retries < 0 || *retries > MaxRetries:
			c.error(CodeRetries, where, fmt.Sprintf("choose 0 to %d", MaxRetries), "retries of action %q are %d, 0 to %d are possible", at.id, *retries, MaxRetries)
		}
	}
	if raw, ok := action.members.Get(memberTimeout); ok && !isNull(raw) && string(raw) != `""` {
		const hint = `for instance "30s", "90m" or "1d 12h"`
		where := at.in(memberTimeout)
		if kind := jsonKind(raw); kind != "string" {
			c.error(CodeTimeout, where, hint, "timeout of action %q is of type %s, a text is expected", at.id, kind)
			return retries, 0
		}
		d, err := ParseDuration(action.Timeout)
		if err != nil {
			c.error(CodeTimeout, where, hint, "timeout of action %q: %s", at.id, strings.TrimSpace(err.Error()))
		}
		timeout = d
	}
	return retries, timeout
}
