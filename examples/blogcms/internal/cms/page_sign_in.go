package cms

import (
	"net/http"
	"strings"

	"github.com/gorilla/mux"

	"github.com/workflowkit/workflowkit-go/examples/blogcms/internal/access"
)

// signInView is what the sign-in page shows.
type signInView struct {
	Buttons []access.Button
	// Next is the path to go to afterwards.
	Next string
	// Failure says why the last attempt was not accepted. Nil means that there was none.
	Failure *failure
	// Out says that the person has just signed out.
	Out bool
}

func (a *App) viewSignIn(w http.ResponseWriter, r *http.Request) error {
	next := access.LocalPath(r.URL.Query().Get("next"))
	if _, ok := personOf(r); ok {
		http.Redirect(w, r, next, http.StatusSeeOther)
		return nil
	}
	if a.access.Local() {
		return access.ErrElsewhere
	}
	a.showSignIn(w, r, signInView{Next: next, Out: r.URL.Query().Get("done") == "out"})
	return nil
}

func (a *App) showSignIn(w http.ResponseWriter, r *http.Request, shown signInView) {
	status := http.StatusOK
	if shown.Failure != nil {
		status = shown.Failure.Status
	}
	shown.Buttons = a.access.Buttons()
	a.show(w, r, status, "sign_in", page{Title: "Sign in", Data: shown})
}

func (a *App) beginSignIn(w http.ResponseWriter, r *http.Request) error {
	return a.signInAgain(w, r, a.access.Begin(w, r, mux.Vars(r)["id"], r.URL.Query().Get("next")))
}

func (a *App) finishSignIn(w http.ResponseWriter, r *http.Request) error {
	next, err := a.access.Finish(w, r, mux.Vars(r)["id"])
	if err != nil {
		return a.signInAgain(w, r, err)
	}
	http.Redirect(w, r, next, http.StatusSeeOther)
	return nil
}

// signInAgain shows the sign-in page with the reason why it has not worked, if there is one for people.
func (a *App) signInAgain(w http.ResponseWriter, r *http.Request, err error) error {
	if err == nil {
		return nil
	}
	shown := accessFailure(err)
	if shown == nil || shown.Status == http.StatusNotFound {
		return err
	}
	a.logger.WarnContext(r.Context(), "sign-in refused", "error", err, "address", access.ClientAddress(r))
	a.showSignIn(w, r, signInView{Next: access.LocalPath(r.URL.Query().Get("next")), Failure: shown})
	return nil
}

func (a *App) submitSignOut(w http.ResponseWriter, r *http.Request) error {
	if err := a.access.SignOut(w, r); err != nil {
		return err
	}
	w.Header().Set("Clear-Site-Data", `"cache"`)
	http.Redirect(w, r, "/sign-in?done=out", http.StatusSeeOther)
	return nil
}

// moved leads from where a page used to be to where it is.
func (a *App) moved(w http.ResponseWriter, r *http.Request) error {
	http.Redirect(w, r, "/automations"+strings.TrimPrefix(r.URL.Path, "/workflows"), http.StatusMovedPermanently)
	return nil
}
