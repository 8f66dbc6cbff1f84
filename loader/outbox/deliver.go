package outbox

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"github.com/workflowkit/workflowkit-go/workflowkit"
)

// maxError is how much of an error's text is kept.
const maxError = 2000

// Deliver sends what is due, in as many requests as it takes, and returns how many events were sent. It returns when
// nothing is due any more; an event that could not be sent is due again later. The error is one of the database, or the
// context's. [Outbox.Run] calls Deliver again and again.
func (o *Outbox) Deliver(ctx context.Context, sender Sender) (sent int, err error) {
	for {
		some, err := o.waits(ctx)
		if err != nil || !some {
			return sent, wrap(ctx, err)
		}
		lease, events, err := o.claim(ctx)
		if err != nil || len(events) == 0 {
			return sent, wrap(ctx, err)
		}
		n, err := o.deliver(ctx, sender, lease, events)
		sent += n
		if err != nil {
			return sent, wrap(ctx, err)
		}
	}
}

func wrap(ctx context.Context, err error) error {
	if err == nil {
		return nil
	}
	if cause := ctx.Err(); cause != nil {
		return fmt.Errorf("deliver events: %w", cause)
	}
	return fmt.Errorf("deliver events: %w", err)
}

// deliver sends claimed events and notes what became of each.
func (o *Outbox) deliver(ctx context.Context, sender Sender, lease string, events []claimed) (sent int, err error) {
	// What is being sent must be over when the lease ends, and what has been sent must be noted even if ctx has ended.
	sending, cancel := context.WithTimeout(ctx, o.config.Lease*3/4)
	defer cancel()
	noting, stop := context.WithTimeout(context.WithoutCancel(ctx), o.config.Lease)
	defer stop()

	outcome := o.send(sending, sender, events)
	var taken []claimed
	var again, dead []failure
	for i, e := range events {
		switch err := outcome[i]; {
		case err == nil:
			taken = append(taken, e)
		case ctx.Err() != nil: // it is not the event's fault
		case o.config.Permanent(err) || o.config.MaxAttempts > 0 && e.Attempts >= o.config.MaxAttempts:
			dead = append(dead, failure{e, err})
		default:
			again = append(again, failure{e, err})
		}
	}
	if err := o.sent(noting, taken); err != nil {
		return len(taken), err
	}
	for _, f := range dead {
		if err := o.giveUp(noting, lease, f.claimed, f.err); err != nil {
			return len(taken), err
		}
	}
	if err := o.failed(noting, lease, again); err != nil {
		return len(taken), err
	}
	if len(again) > 0 {
		first := again[0]
		o.config.Logger.WarnContext(ctx, "event could not be sent, and is tried again", slog.Int("events", len(again)),
			slog.String("event", first.event.Name), slog.String("event_id", first.event.ID), slog.Int("attempt", first.Attempts),
			slog.String("error", errorText(first.err)))
	}
	if ctx.Err() != nil {
		return len(taken), errors.Join(ctx.Err(), o.release(noting, lease))
	}
	return len(taken), nil
}

// failure is an event with the error of its last attempt.
type failure struct {
	claimed
	err error
}

func (o *Outbox) giveUp(ctx context.Context, lease string, e claimed, cause error) error {
	if err := o.dead(ctx, lease, e, cause); err != nil {
		return err
	}
	o.config.Logger.ErrorContext(ctx, "event is given up: see Outbox.Dead", slog.String("event", e.event.Name),
		slog.String("event_id", e.event.ID), slog.Int("attempts", e.Attempts), slog.String("error", errorText(cause)))
	if o.config.OnDead != nil {
		o.config.OnDead(ctx, Dead{ID: e.ID, Event: e.event, Attempts: e.Attempts, Error: errorText(cause), GivenUpAt: time.Now().UTC()})
	}
	return nil
}

// send sends events in one request, and one by one if that fails because of one of them. It returns an error or nil for
// each event.
func (o *Outbox) send(ctx context.Context, sender Sender, events []claimed) []error {
	outcome := make([]error, len(events))
	one := func(i int) error {
		outcome[i] = o.sendMany(ctx, sender, events[i:i+1])
		return outcome[i]
	}
	err := o.sendMany(ctx, sender, events)
	if err == nil {
		return outcome
	}
	for i := range outcome {
		outcome[i] = err
	}
	if len(events) == 1 {
		return outcome
	}
	// Does the server work? If the errors of the first and the last event are not their own, it does not.
	last := len(events) - 1
	if err := one(0); err != nil && !o.config.Permanent(err) {
		if err := one(last); err != nil && !o.config.Permanent(err) {
			return outcome
		}
		last--
	}
	for i := 1; i <= last; i++ {
		_ = one(i)
	}
	return outcome
}

// sendMany calls the sender, and makes an error of its panic: events must not be lost by a fault in it.
func (o *Outbox) sendMany(ctx context.Context, sender Sender, events []claimed) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("the sender has panicked: %v", p)
		}
	}()
	if err := ctx.Err(); err != nil {
		return err
	}
	list := make([]workflowkit.Event, len(events))
	for i, e := range events {
		list[i] = e.event
	}
	_, err = sender.SendMany(ctx, list)
	return err
}

func errorText(err error) string {
	text := strings.ToValidUTF8(strings.ReplaceAll(err.Error(), "\x00", ""), "\uFFFD")
	if len(text) > maxError {
		text = strings.ToValidUTF8(text[:maxError], "") + "…"
	}
	return text
}
