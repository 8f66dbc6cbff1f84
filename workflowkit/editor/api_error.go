package editor

import (
	"errors"
	"fmt"
	"net/http"

	"github.com/workflowkit/workflowkit-go/workflowkit"
	"github.com/workflowkit/workflowkit-go/workflowkit/store"
)

// The codes of errors. Each has one HTTP status.
const (
	codeBadRequest      = "bad_request"
	codeUnauthenticated = "unauthenticated"
	codeForbidden       = "forbidden"
	codeNotFound        = "not_found"
	codeMethod          = "method_not_allowed"
	codeConflict        = "conflict"
	codeExists          = "exists"
	codeTooLarge        = "too_large"
	codeMediaType       = "unsupported_media_type"
	codeInvalid         = "invalid"
	codeInternal        = "internal"
	codeUnavailable     = "unavailable"
)

// apiError is an error as a front end sees it.
type apiError struct {
	status   int
	code     string
	message  string
	problems workflowkit.Problems
	// current is the version that a save would have overwritten.
	current *store.Version
	// retryAfter is in seconds. Zero means that trying again is up to the reader.
	retryAfter int
	// cause is for the log.
	cause error
}

// Error implements error.
func (e *apiError) Error() string { return e.message }

// Unwrap returns what the error was made from.
func (e *apiError) Unwrap() error { return e.cause }

func badRequest(format string, args ...any) *apiError {
	return &apiError{status: http.StatusBadRequest, code: codeBadRequest, message: fmt.Sprintf(format, args...)}
}

func notFound(format string, args ...any) *apiError {
	return &apiError{status: http.StatusNotFound, code: codeNotFound, message: fmt.Sprintf(format, args...)}
}

func forbidden(format string, args ...any) *apiError {
	return &apiError{status: http.StatusForbidden, code: codeForbidden, message: fmt.Sprintf(format, args...)}
}

// busy says that there is too much to do at the moment.
func busy(format string, args ...any) *apiError {
	const seconds = 2
	return &apiError{status: http.StatusServiceUnavailable, code: codeUnavailable, message: fmt.Sprintf(format, args...), retryAfter: seconds}
}

// invalid says that a workflow cannot run.
func invalid(problems workflowkit.Problems) *apiError {
	message := "the workflow has an error"
	if n := len(problems.Errors()); n != 1 {
		message = fmt.Sprintf("the workflow has %d errors", n)
	}
	return &apiError{status: http.StatusUnprocessableEntity, code: codeInvalid, message: message, problems: problems}
}

// apiErrorOf returns an error as a front end sees it. What stores say about themselves is not shown.
func apiErrorOf(err error) *apiError {
	var (
		known    *apiError
		conflict *store.ConflictError
		tooLarge *http.MaxBytesError
	)
	switch {
	case errors.As(err, &known):
		return known
	case errors.As(err, &conflict):
		out := &apiError{status: http.StatusConflict, code: codeConflict, message: conflict.Error(), cause: err}
		if conflict.Current.Number > 0 {
			current := shownVersion(conflict.Current)
			out.current = &current
		} else {
			out.message = fmt.Sprintf("there is no version %d: the workflow has none yet", conflict.Base)
		}
		return out
	case errors.Is(err, store.ErrNotFound):
		return &apiError{status: http.StatusNotFound, code: codeNotFound, message: err.Error(), cause: err}
	case errors.Is(err, store.ErrExists):
		return &apiError{status: http.StatusConflict, code: codeExists, message: err.Error(), cause: err}
	case errors.Is(err, store.ErrInvalid):
		return &apiError{status: http.StatusBadRequest, code: codeBadRequest, message: err.Error(), cause: err}
	case errors.Is(err, ErrUnauthenticated):
		return &apiError{status: http.StatusUnauthorized, code: codeUnauthenticated, message: "sign in first", cause: err}
	case errors.As(err, &tooLarge):
		return &apiError{
			status: http.StatusRequestEntityTooLarge, code: codeTooLarge, cause: err,
			message: fmt.Sprintf("the request is larger than %d bytes", tooLarge.Limit),
		}
	}
	return &apiError{
		status: http.StatusServiceUnavailable, code: codeUnavailable, cause: err,
		message: "the store does not answer; try again",
	}
}
