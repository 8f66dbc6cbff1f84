package inngest

import (
	"context"
	"fmt"
	"log/slog"
	"math"
	"strings"
)

// parseLogLevel reads INNGEST_LOG_LEVEL. Empty means that the logger decides.
func parseLogLevel(text string) (*slog.Level, error) {
	var level slog.Level
	switch strings.ToLower(text) {
	case "":
		return nil, nil
	case "trace":
		level = slog.LevelDebug - 4
	case "debug":
		level = slog.LevelDebug
	case "info":
		level = slog.LevelInfo
	case "warn", "warning":
		level = slog.LevelWarn
	case "error", "fatal":
		level = slog.LevelError
	case "silent", "off", "none":
		level = math.MaxInt
	default:
		return nil, fmt.Errorf("INNGEST_LOG_LEVEL is %q: debug, info, warn, error or silent is needed", text)
	}
	return &level, nil
}

// leveled passes on what is of a level, whatever the handler below would let through.
type leveled struct {
	slog.Handler
	level slog.Level
}

// Enabled implements [slog.Handler].
func (h leveled) Enabled(_ context.Context, level slog.Level) bool { return level >= h.level }

// WithAttrs implements [slog.Handler].
func (h leveled) WithAttrs(attrs []slog.Attr) slog.Handler {
	return leveled{h.Handler.WithAttrs(attrs), h.level}
}

// WithGroup implements [slog.Handler].
func (h leveled) WithGroup(name string) slog.Handler {
	return leveled{h.Handler.WithGroup(name), h.level}
}
