package cms

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/workflowkit/workflowkit-go/examples/blogcms/internal/limit"
	"github.com/workflowkit/workflowkit-go/loader"
	"github.com/workflowkit/workflowkit-go/workflowkit/store"
)

// The codes of errors, as the API and the pages show them. They are those of the TypeScript application, and one for
// each HTTP status that it leaves to the framework.
const (
	codeValidation = "VALIDATION_ERROR"
	codeNotFound   = "NOT_FOUND"
	codeNoRevision = "NO_REVISION_FOUND"
	codeMethod     = "METHOD_NOT_ALLOWED"
	codeConflict   = "CONFLICT"
	codeStale      = "PRECONDITION_FAILED"
	codeTooLarge   = "BODY_TOO_LARGE"
	codeMediaType  = "UNSUPPORTED_MEDIA_TYPE"
	codeCrossSite  = "CROSS_SITE_REQUEST"
	codeDatabase   = "DATABASE_ERROR"
	codeExternal   = "EXTERNAL_SERVICE_ERROR"
	codeInternal   = "INTERNAL_ERROR"

	codeUnauthenticated = "UNAUTHENTICATED"
	codeForbidden       = "FORBIDDEN"
	codeRate            = "RATE_LIMITED"
	codeLastAdmin       = "LAST_ADMIN"
)

// failure is an error that is made to be shown.
type failure struct {
	Status  int    `json:"-"`
	Code    string `json:"code"`
	Message string `json:"message"`
	// Details depend on the code: the findings of an invalid workflow, the name of a field. Nil means none.
	Details any `json:"details,omitempty"`

	cause error // for the log
	// wait is after how long the same request may succeed. Zero means that this is not known.
	wait time.Duration
}

// Error implements error.
func (f *failure) Error() string {
	if f.cause != nil {
		return fmt.Sprintf("%s: %v", f.Message, f.cause)
	}
	return f.Message
}

// Unwrap returns what is logged and not shown.
func (f *failure) Unwrap() error { return f.cause }

func invalid(field, format string, args ...any) *failure {
	out := &failure{Status: http.StatusBadRequest, Code: codeValidation, Message: fmt.Sprintf(format, args...)}
	if field != "" {
		out.Details = map[string]any{"field": field}
	}
	return out
}

func notFound(format string, args ...any) *failure {
	return &failure{Status: http.StatusNotFound, Code: codeNotFound, Message: fmt.Sprintf(format, args...)}
}

// tooMany is the answer to a request that comes too soon.
func tooMany(wait time.Duration) *failure {
	seconds := limit.Seconds(wait)
	unit := "seconds"
	if seconds == 1 {
		unit = "second"
	}
	return &failure{
		Status: http.StatusTooManyRequests, Code: codeRate, wait: wait,
		Message: fmt.Sprintf("that was too often in a short time; try again in %d %s", seconds, unit),
	}
}

// failureOf returns what to show for an error. What an error of the database says goes to the log only.
func failureOf(err error) *failure {
	var shown *failure
	var taken *loader.ConflictError
	switch {
	case errors.As(err, &shown):
		return shown
	case accessFailure(err) != nil:
		return accessFailure(err)
	case errors.Is(err, loader.ErrLastAdmin):
		return &failure{
			Status: http.StatusConflict, Code: codeLastAdmin,
			Message: "this is the last admin, and without one nobody could manage roles; make somebody else an admin first",
		}
	case errors.Is(err, loader.ErrNotFound), errors.Is(err, store.ErrNotFound):
		return notFound("%v", err)
	case errors.As(err, &taken):
		details := map[string]any{"field": taken.Field}
		if taken.OtherID != 0 {
			details["id"] = taken.OtherID
		}
		return &failure{Status: http.StatusConflict, Code: codeConflict, Message: taken.Error(), Details: details}
	case errors.Is(err, loader.ErrChanged):
		return &failure{
			Status: http.StatusConflict, Code: codeConflict, cause: err,
			Message: "somebody else has changed this in the meantime; load it again and repeat the change",
		}
	case errors.Is(err, loader.ErrInvalid):
		return invalid("", "%v", err)
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, context.Canceled):
		return &failure{
			Status: http.StatusServiceUnavailable, Code: codeDatabase, cause: err, Message: "the database did not answer in time",
		}
	default:
		return &failure{Status: http.StatusInternalServerError, Code: codeDatabase, cause: err, Message: "the database could not do this; see the log of the application"}
	}
}
