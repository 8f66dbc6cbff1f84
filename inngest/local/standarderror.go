package local

import "encoding/json"

const defaultErrorMessage = "Function execution error"

// standardError makes the error of a run out of the body that the app has answered with, as the real server does.
func standardError(body []byte, otherwise string) *RunError {
	out := &RunError{Err: defaultErrorMessage, Name: "Error", Message: defaultErrorMessage}
	raw := map[string]any{}
	if err := json.Unmarshal(body, &raw); err != nil && len(body) > 0 {
		raw = map[string]any{"message": string(body)}
	}
	// The error may be wrapped once more, also as text.
	for _, key := range []string{"error", "body"} {
		inner := map[string]any{}
		switch value := raw[key].(type) {
		case map[string]any:
			inner = value
		case string:
			if json.Unmarshal([]byte(value), &inner) != nil {
				inner = nil
			}
		}
		if len(inner) > 0 {
			raw = inner
			break
		}
	}
	take := func(key string, to *string) {
		if text, ok := raw[key].(string); ok && text != "" {
			*to = text
		}
	}
	take("error", &out.Err)
	take("name", &out.Name)
	take("message", &out.Message)
	take("stack", &out.Stack)
	if cause, ok := raw["cause"]; ok {
		if encoded, err := json.Marshal(cause); err == nil {
			out.Cause = encoded
		}
	}
	if out.Err == defaultErrorMessage {
		out.Err = otherwise
	}
	if out.Message == defaultErrorMessage {
		out.Message = otherwise
	}
	return out
}
