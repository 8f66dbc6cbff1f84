package inngest

import (
	"context"
	"log/slog"
)

// sdkLog is what inngestgo logs to. It reports each error that a function returns, which this package has reported
// already, and adds the whole context of the call: kilobytes in a long run.
type sdkLog struct{ slog.Handler }

// functionFailed is what inngestgo says about an error that a function has returned.
const functionFailed = "error calling function"

// Handle implements [slog.Handler].
func (l sdkLog) Handle(ctx context.Context, record slog.Record) error {
	if record.Message == functionFailed {
		return nil
	}
	return l.Handler.Handle(ctx, record)
}

// WithAttrs implements [slog.Handler].
func (l sdkLog) WithAttrs(attrs []slog.Attr) slog.Handler { return sdkLog{l.Handler.WithAttrs(attrs)} }

// WithGroup implements [slog.Handler].
func (l sdkLog) WithGroup(name string) slog.Handler { return sdkLog{l.Handler.WithGroup(name)} }
