package outbox

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync/atomic"
	"time"

	"gorm.io/gorm"

	"github.com/workflowkit/workflowkit-go/workflowkit"
)

// Sender sends events. An *inngest.Client is one.
type Sender interface {
	// SendMany sends events, all or none, and returns their ids. Sending an event again that has an ID must be harmless.
	SendMany(ctx context.Context, events []workflowkit.Event) ([]string, error)
}

// Config says how an outbox behaves. The zero value is a sensible choice.
type Config struct {
	// BatchSize is how many events are sent in one request at most. Zero means 100.
	BatchSize int
	// Lease is how long a process may take to send what it has taken. Zero means one minute. What a process that was
	// killed has taken is sent by another one after that time.
	Lease time.Duration
	// PollInterval is how often the outbox looks for events of other processes. Zero means one second.
	PollInterval time.Duration
	// MinBackoff is how long an event waits after its first failed attempt. Each further one doubles that, up to
	// MaxBackoff. Zero means one second for the first and 30 seconds for the second.
	MinBackoff, MaxBackoff time.Duration
	// Keep is how long events are kept after they were sent. Zero means seven days; a negative value removes them at
	// once. An event whose id is still there is not enqueued again.
	Keep time.Duration
	// MaxAttempts is the number of attempts after which an event is given up. Zero means never.
	MaxAttempts int
	// Permanent reports whether an error means that the event can never be sent. With package inngest that is
	//
	//	func(err error) bool {
	//		return errors.Is(err, inngest.ErrInvalidEvent) || errors.Is(err, inngest.ErrEventTooLarge)
	//	}
	//
	// Nil means workflowkit.IsNoRetryError.
	Permanent func(err error) bool
	// OnDead is called with an event that was given up, by the goroutine of Run. It may be nil.
	OnDead func(ctx context.Context, dead Dead)
	// Logger is where failures are logged. Nil means slog.Default().
	Logger *slog.Logger
}

// Outbox keeps events in a table until they are sent. It is safe for concurrent use. It is made by [New].
type Outbox struct {
	db     *gorm.DB
	config Config
	dialect
	// wake holds an element when there may be something to send.
	wake chan struct{}
	// prunedAt is when old events were last removed, in Unix milliseconds.
	prunedAt atomic.Int64
}

// New returns an outbox in a database. The dialect of the gorm.DB must be postgres or sqlite. New does not touch the
// database: call [Outbox.Migrate], or create the table with the statements of [Schema].
func New(db *gorm.DB, config Config) (*Outbox, error) {
	if db == nil {
		return nil, errors.New("outbox: database is nil")
	}
	d, err := dialectOf(db.Name())
	if err != nil {
		return nil, err
	}
	if config.BatchSize < 0 || config.MaxAttempts < 0 || config.Lease < 0 || config.PollInterval < 0 ||
		config.MinBackoff < 0 || config.MaxBackoff < 0 {
		return nil, fmt.Errorf("outbox: a setting is negative: %+v", config)
	}
	setDefault(&config.BatchSize, 100)
	setDefault(&config.Lease, time.Minute)
	setDefault(&config.PollInterval, time.Second)
	setDefault(&config.MinBackoff, time.Second)
	setDefault(&config.MaxBackoff, 30*time.Second)
	setDefault(&config.Keep, 7*24*time.Hour)
	setDefault(&config.Logger, slog.Default())
	if config.Permanent == nil {
		config.Permanent = workflowkit.IsNoRetryError
	}
	return &Outbox{db: db, config: config, dialect: d, wake: make(chan struct{}, 1)}, nil
}

func setDefault[T comparable](field *T, value T) {
	var zero T
	if *field == zero {
		*field = value
	}
}

// Migrate creates the table and its indexes unless they exist.
func (o *Outbox) Migrate(ctx context.Context) error {
	statements, err := Schema(o.db.Name())
	if err != nil {
		return err
	}
	err = o.db.WithContext(ctx).Transaction(func(tx *gorm.DB) error {
		for _, s := range statements {
			if err := tx.Exec(s).Error; err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("create table of outbox: %w", err)
	}
	return nil
}

// Wake makes a running outbox of this process look for events at once. [Outbox.Transaction] does so by itself; after
// [Outbox.Enqueue] in another transaction the outbox looks again and again for a moment, so calling Wake is not needed.
func (o *Outbox) Wake() {
	select {
	case o.wake <- struct{}{}:
	default:
	}
}
