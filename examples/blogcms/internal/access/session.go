package access

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/workflowkit/workflowkit-go/loader"
)

const (
	sessionCookie = "blogcms_session"
	loginCookie   = "blogcms_login"
)

// Person is who makes a request.
type Person struct {
	// ID is that of the user, or "local".
	ID string
	// Name, Email and Image may be empty.
	Name, Email, Image string
	// Role is what the person may do.
	Role loader.Role
	// Local says that it is the local admin.
	Local bool
}

// Label is what to call the person.
func (p Person) Label() string {
	if p.Name != "" {
		return p.Name
	}
	return p.Email
}

// May reports whether the person has the role, or one that includes it.
func (p Person) May(role loader.Role) bool { return p.Role.Includes(role) }

var localAdmin = Person{ID: "local", Name: "Local admin", Role: loader.RoleAdmin, Local: true}

// Identify returns who makes a request, or an error that matches [ErrSignIn] or [ErrElsewhere]. Any other error means that
// the database does not work.
func (a *Access) Identify(r *http.Request) (Person, error) {
	if a.Local() {
		if !fromHere(r) {
			return Person{}, ErrElsewhere
		}
		return localAdmin, nil
	}
	token := a.cookie(r, sessionCookie)
	if token == "" {
		return Person{}, ErrSignIn
	}
	session, err := a.db.Session(r.Context(), token, a.now(), a.limits)
	if errors.Is(err, loader.ErrNotFound) {
		return Person{}, ErrSignIn
	}
	if err != nil {
		return Person{}, err
	}
	user := session.User
	if a.Configured(user.Email) {
		user.Role = loader.RoleAdmin
	}
	return Person{ID: user.ID, Name: user.Name, Email: user.Email, Image: user.Image, Role: user.Role}, nil
}

// openSession gives the browser a new token. The one that it had is worth nothing any more.
func (a *Access) openSession(w http.ResponseWriter, r *http.Request, user loader.User) error {
	token, err := a.db.CreateSession(r.Context(), user.ID, a.now(), a.limits)
	if err != nil {
		return err
	}
	if old := a.cookie(r, sessionCookie); old != "" {
		if err := a.db.DeleteSession(r.Context(), old); err != nil {
			return err
		}
	}
	a.setCookie(w, sessionCookie, token, a.limits.Absolute)
	return nil
}

// SignOut ends the session of the request's browser. It is no error if there is none.
func (a *Access) SignOut(w http.ResponseWriter, r *http.Request) error {
	if token := a.cookie(r, sessionCookie); token != "" {
		if err := a.db.DeleteSession(r.Context(), token); err != nil {
			return err
		}
	}
	a.clearCookie(w, sessionCookie)
	return nil
}

// Prune deletes sessions that are over.
func (a *Access) Prune(ctx context.Context) error {
	return a.db.PruneSessions(ctx, a.now(), a.limits)
}

// Secure reports whether browsers reach the application by https.
func (a *Access) Secure() bool { return a.base != nil && a.base.Scheme == "https" }

// cookieName marks the cookies of https: browsers accept that prefix from the host itself only, not from its neighbours.
func (a *Access) cookieName(name string) string {
	if a.Secure() {
		return "__Host-" + name
	}
	return name
}

func (a *Access) cookie(r *http.Request, name string) string {
	cookie, err := r.Cookie(a.cookieName(name))
	if err != nil {
		return ""
	}
	return cookie.Value
}

// setCookie sets a cookie that scripts cannot read and that other sites' forms do not bring. Following a link from another
// site brings it, and so does coming back from a provider.
func (a *Access) setCookie(w http.ResponseWriter, name, value string, lasts time.Duration) {
	http.SetCookie(w, &http.Cookie{
		Name: a.cookieName(name), Value: value, Path: "/", MaxAge: int(lasts / time.Second),
		HttpOnly: true, Secure: a.Secure(), SameSite: http.SameSiteLaxMode,
	})
}

func (a *Access) clearCookie(w http.ResponseWriter, name string) {
	http.SetCookie(w, &http.Cookie{
		Name: a.cookieName(name), Path: "/", MaxAge: -1, HttpOnly: true, Secure: a.Secure(), SameSite: http.SameSiteLaxMode,
	})
}
