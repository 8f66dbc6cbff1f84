package actions

import (
	"fmt"
	"log/slog"
)

// String describes the configuration without its key.
func (c OpenAIConfig) String() string {
	key := "no key"
	if c.APIKey != "" {
		key = "a key"
	}
	return fmt.Sprintf("model %q at %q with %s", c.Model, c.BaseURL, key)
}

// GoString implements [fmt.GoStringer], which %#v uses, without the key.
func (c OpenAIConfig) GoString() string { return "actions.OpenAIConfig(" + c.String() + ")" }

// LogValue implements [slog.LogValuer] without the key.
func (c OpenAIConfig) LogValue() slog.Value { return slog.StringValue(c.String()) }

// String describes the model without its key.
func (m *OpenAI) String() string { return fmt.Sprintf("model %q at %s", m.config.Model, m.host) }

// GoString implements [fmt.GoStringer], which %#v uses, without the key.
func (m *OpenAI) GoString() string { return "actions.OpenAI(" + m.String() + ")" }

// LogValue implements [slog.LogValuer] without the key.
func (m *OpenAI) LogValue() slog.Value { return slog.StringValue(m.String()) }
