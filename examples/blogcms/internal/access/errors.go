package access

import "errors"

var (
	// ErrSignIn says that nobody is signed in, or not any more.
	ErrSignIn = errors.New("you are not signed in, or your session has ended")

	// ErrElsewhere says that no provider is set, and that the request does not come from this machine.
	ErrElsewhere = errors.New("sign-in is not set up, so the application answers only on the machine that it runs on: " +
		"set OIDC_ISSUER, OIDC_CLIENT_ID and OIDC_CLIENT_SECRET, or GOOGLE_CLIENT_ID and GOOGLE_CLIENT_SECRET, and APP_URL")

	// ErrNoProvider says that there is no provider of that name.
	ErrNoProvider = errors.New("there is no such way to sign in")

	// ErrProvider says that the provider cannot be reached, or answers with what it should not.
	ErrProvider = errors.New("the sign-in provider does not answer as it should; try again in a moment")
)

// RefusedError is the error of a sign-in that was not accepted. Trying again, from the beginning, may help.
type RefusedError struct {
	// Message is for the person.
	Message string
	// Cause is for the log. It may be nil.
	Cause error
}

// Error implements error.
func (e *RefusedError) Error() string {
	if e.Cause != nil {
		return e.Message + ": " + e.Cause.Error()
	}
	return e.Message
}

// Unwrap returns the cause.
func (e *RefusedError) Unwrap() error { return e.Cause }

func refused(message string, cause error) error { return &RefusedError{Message: message, Cause: cause} }
