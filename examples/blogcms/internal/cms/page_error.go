package cms

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// faultView is what the page of an error shows.
type faultView struct {
	Failure *failure
	// SignIn is where to sign in, if that is what is missing.
	SignIn string
	// Again is the form that was sent, to be sent again. Nil means that there was none, or that it would not help.
	Again *sentForm
}

// sentForm is a form that was not accepted. What somebody has typed is not lost with an error.
type sentForm struct {
	Action string
	Fields []sentField
}

// sentField is a field of a form. A long text is shown, so that it can be copied.
type sentField struct {
	Name, Value string
	Long        bool
}

// longField is from how many characters on a text would be a pity to lose.
const longField = 80

// failPage answers a request for a page with an error.
func (a *App) failPage(w http.ResponseWriter, r *http.Request, err error) {
	shown := failureOf(err)
	a.logFailure(r, shown)
	shown.writeHeader(w)
	content := faultView{Failure: shown}
	switch {
	case shown.Status == http.StatusUnauthorized && (r.Method == http.MethodGet || r.Method == http.MethodHead):
		http.Redirect(w, r, signInPath(r.URL.RequestURI()), http.StatusSeeOther)
		return
	case shown.Status == http.StatusUnauthorized:
		content.SignIn = signInPath("/")
	}
	if shown.Code != codeCrossSite {
		content.Again = formSent(w, r, shown)
	}
	a.show(w, r, shown.Status, "error", page{Title: errorTitle(shown), Data: content})
}

func errorTitle(shown *failure) string {
	switch shown.Status {
	case http.StatusUnauthorized:
		return "Please sign in"
	case http.StatusForbidden:
		return "This is not for you"
	case http.StatusNotFound:
		return "Not found"
	case http.StatusConflict:
		return "That is not possible now"
	case http.StatusTooManyRequests:
		return "Please wait a moment"
	case http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusInternalServerError:
		return "Something is not working"
	default:
		return fmt.Sprintf("%d %s", shown.Status, http.StatusText(shown.Status))
	}
}

func signInPath(next string) string {
	if next == "" || next == "/" {
		return "/sign-in"
	}
	return "/sign-in?" + url.Values{"next": {next}}.Encode()
}

// formSent returns the form of a request whose failure may pass, or nil.
func formSent(w http.ResponseWriter, r *http.Request, shown *failure) *sentForm {
	passes := shown.Status == http.StatusUnauthorized || shown.Status == http.StatusTooManyRequests ||
		shown.Status >= http.StatusInternalServerError
	if r.Method != http.MethodPost || !passes || strings.HasPrefix(r.URL.Path, "/sign-") {
		return nil
	}
	if r.PostForm == nil { // the request was refused before it was read
		r.Body = http.MaxBytesReader(w, r.Body, maxBody)
		if readForm(r) != nil {
			return nil
		}
	}
	out := &sentForm{Action: r.URL.Path}
	for name, values := range r.PostForm {
		for _, value := range values {
			value = strings.ReplaceAll(value, "\r\n", "\n")
			out.Fields = append(out.Fields, sentField{Name: name, Value: value, Long: len(value) >= longField || strings.Contains(value, "\n")})
		}
	}
	slices.SortStableFunc(out.Fields, func(a, b sentField) int { return strings.Compare(a.Name, b.Name) })
	return out
}
