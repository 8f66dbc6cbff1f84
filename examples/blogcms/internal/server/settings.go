package server

import "strings"

// settings are the environment.
type settings map[string]string

func environment(environ []string) settings {
	out := settings{}
	for _, variable := range environ {
		if name, value, ok := strings.Cut(variable, "="); ok {
			out[name] = value
		}
	}
	return out
}

func (s settings) get(name string) string { return s[name] }

// inngest reports whether anything about an Inngest server is set.
func (s settings) inngest() bool {
	for name, value := range s {
		if strings.HasPrefix(name, "INNGEST_") && value != "" {
			return true
		}
	}
	return false
}
