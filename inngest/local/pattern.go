package local

import (
	"strings"
)

// triggerPatterns lists the trigger names that match an event: the name itself, and a/*, a/b/* and a.* for its parts.
func triggerPatterns(name string) []string {
	patterns := []string{name}
	for _, separator := range []string{"/", "."} {
		for at := 0; ; {
			next := strings.Index(name[at:], separator)
			if next < 0 {
				break
			}
			at += next
			patterns = append(patterns, name[:at]+separator+"*")
			at++
		}
	}
	return patterns
}
