package loader

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/ncruces/go-sqlite3"
	"gorm.io/gorm"

	"github.com/workflowkit/workflowkit-go/workflowkit/store"
)

var (
	// ErrNotFound is returned for a post or a workflow that does not exist. It is store.ErrNotFound.
	ErrNotFound = store.ErrNotFound

	// ErrConflict is returned for a write that would give two workflows the same name, or two enabled workflows the
	// same trigger. errors.As finds a [*ConflictError] that names the other workflow.
	ErrConflict = errors.New("conflict")

	// ErrChanged is returned for a write that was refused because somebody else has changed the row since the caller
	// has read it, or because a newer run or a decision of an editor has taken the post over. Nothing was written.
	ErrChanged = errors.New("changed since it was read")

	// ErrNoRevision is returned when there is no revision to apply.
	ErrNoRevision = errors.New("post has no revision")

	// ErrInvalid is returned for arguments that cannot be stored or looked up: an id that is not one, text that is not
	// UTF-8, a definition that is not JSON, a write without a key. It is store.ErrInvalid.
	ErrInvalid = store.ErrInvalid

	// ErrSchema is returned for a database whose tables this version of the package cannot use.
	ErrSchema = errors.New("database schema does not fit")
)

// ConflictError says which workflow already has the name or the trigger. It matches [ErrConflict] and store.ErrExists.
type ConflictError struct {
	// Field is "name" or "trigger".
	Field string
	// Value is the name or the trigger.
	Value string
	// OtherID is the id of the workflow that has it, or 0 if the database found the conflict by itself.
	OtherID int64
}

// Error implements error.
func (e *ConflictError) Error() string {
	what := "a workflow"
	if e.Field == "trigger" {
		what = "an enabled workflow"
	}
	if e.OtherID == 0 {
		return fmt.Sprintf("%s with the same %s exists already", what, e.Field)
	}
	return fmt.Sprintf("%s with the %s %q exists already (id %d)", what, e.Field, e.Value, e.OtherID)
}

// Is reports whether target is [ErrConflict] or store.ErrExists.
func (e *ConflictError) Is(target error) bool {
	return target == ErrConflict || target == store.ErrExists
}

// Codes of Postgres for what it cannot hold: \u0000 in a jsonb, a broken byte sequence, malformed JSON, and NULL in a
// column that the application that made the table has declared NOT NULL.
const (
	codeUntranslatable = "22P05"
	codeNotInCharset   = "22021"
	codeInvalidText    = "22P02"
	codeNotNull        = "23502"
)

// wrap adds what was being done to an error of the driver, and gives the errors that callers can act on their
// sentinel. An error of the context stays recognisable, since drivers report an interrupted query in their own words.
func wrap(ctx context.Context, err error, format string, args ...any) error {
	if err == nil {
		return nil
	}
	what := fmt.Sprintf(format, args...)
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return fmt.Errorf("%s: %w", what, ErrNotFound)
	}
	if cause := ctx.Err(); cause != nil && !errors.Is(err, cause) {
		return fmt.Errorf("%s: %w (%w)", what, cause, err)
	}
	var pg *pgconn.PgError
	if errors.As(err, &pg) {
		switch pg.Code {
		case codeUntranslatable, codeNotInCharset, codeInvalidText, codeNotNull:
			return fmt.Errorf("%s: %w: %w", what, ErrInvalid, err)
		}
	}
	if errors.Is(err, sqlite3.CONSTRAINT_NOTNULL) {
		return fmt.Errorf("%s: %w: %w", what, ErrInvalid, err)
	}
	return fmt.Errorf("%s: %w", what, err)
}

// asConflict turns the violation of one of our unique indexes into a [*ConflictError]. Our own writers are kept apart
// by a lock, so it takes other software that writes at the same moment, on Postgres.
func asConflict(err error) error {
	if !errors.Is(err, gorm.ErrDuplicatedKey) {
		return err
	}
	for field, index := range map[string]string{"name": uniqueNameIndex, "trigger": uniqueTriggerIndex} {
		if strings.Contains(err.Error(), index) {
			return &ConflictError{Field: field}
		}
	}
	return err
}

// isDuplicate reports whether a row of the same key is there already.
func isDuplicate(err error) bool { return errors.Is(err, gorm.ErrDuplicatedKey) }
