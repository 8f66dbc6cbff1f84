package cms

import (
	"errors"
	"fmt"
	"mime"
	"net/http"
	"strings"
)

// readForm parses the form of a POST.
func readForm(r *http.Request) error {
	if r.Method != http.MethodPost {
		return nil
	}
	const wanted = "application/x-www-form-urlencoded"
	if media, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); r.ContentLength != 0 && (err != nil || media != wanted) {
		return &failure{
			Status: http.StatusUnsupportedMediaType, Code: codeMediaType,
			Message: fmt.Sprintf("the body must be a form with Content-Type %s, not %q", wanted, r.Header.Get("Content-Type")),
		}
	}
	err := r.ParseForm()
	var tooLarge *http.MaxBytesError
	switch {
	case errors.As(err, &tooLarge):
		return bodyTooLarge(tooLarge)
	case err != nil:
		return invalid("", "the form cannot be read: %v", err)
	}
	return nil
}

func bodyTooLarge(err *http.MaxBytesError) error {
	return &failure{
		Status: http.StatusRequestEntityTooLarge, Code: codeTooLarge,
		Message: fmt.Sprintf("the body is larger than %d bytes", err.Limit),
	}
}

// field returns a text of a form. Browsers end the lines of a text area with "\r\n", which nobody has typed.
func field(r *http.Request, name string) string {
	return strings.ReplaceAll(r.PostForm.Get(name), "\r\n", "\n")
}
