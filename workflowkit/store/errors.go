package store

import (
	"errors"
	"fmt"
)

var (
	// ErrNotFound says that there is no such workflow, version or run.
	ErrNotFound = errors.New("not found")

	// ErrExists says that another workflow has the name already, or is enabled for the same trigger.
	ErrExists = errors.New("exists already")

	// ErrInvalid says that what was given cannot be stored: a definition that is not a JSON object, or text that is not
	// UTF-8.
	ErrInvalid = errors.New("invalid")
)

// ConflictError is the error of a save that would overwrite somebody else's.
type ConflictError struct {
	// Base is the version that the author has worked on.
	Base int
	// Current is the newest version, with its definition.
	Current Version
}

// Error implements error.
func (e *ConflictError) Error() string {
	return fmt.Sprintf("version %d was saved by %q since version %d: compare the two and save again", e.Current.Number, e.Current.Author, e.Base)
}
