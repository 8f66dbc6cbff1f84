package access

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"path"
	"strings"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"

	"github.com/workflowkit/workflowkit-go/loader"
)

// Button is a way to sign in.
type Button struct {
	// ID is that of the provider, and Name what the button says.
	ID, Name string
}

// Buttons returns the ways to sign in.
func (a *Access) Buttons() []Button {
	var out []Button
	for _, p := range a.providers {
		out = append(out, Button{p.ID, p.Name})
	}
	return out
}

func (a *Access) provider(id string) (*provider, error) {
	for _, p := range a.providers {
		if p.ID == id {
			return p, nil
		}
	}
	return nil, fmt.Errorf("%w: %q", ErrNoProvider, id)
}

// talk returns a context for talking to a provider. Keys that are fetched for one person serve others, so that the one
// who goes away must not stop it; the client has a timeout.
func (a *Access) talk(ctx context.Context) context.Context {
	return oidc.ClientContext(context.WithoutCancel(ctx), a.client)
}

// Begin sends a browser to a provider, to come back to [Access.Finish] and then go to the path returnTo.
func (a *Access) Begin(w http.ResponseWriter, r *http.Request, providerID, returnTo string) error {
	p, err := a.provider(providerID)
	if err != nil {
		return err
	}
	if isLoopbackName(a.base.Host) && isLoopbackName(r.Host) && r.Host != a.base.Host {
		// A machine has several names for itself, and the cookie of one is not sent to the other, to which the provider leads.
		http.Redirect(w, r, a.base.String()+r.URL.RequestURI(), http.StatusSeeOther)
		return nil
	}
	known, err := p.describe(a.talk(r.Context()))
	if err != nil {
		return err
	}
	login := loader.Login{
		State: rand.Text(), Browser: rand.Text(), Provider: p.ID, Nonce: rand.Text(), Verifier: oauth2.GenerateVerifier(),
		ReturnTo: LocalPath(returnTo),
	}
	now := a.now()
	if err := a.db.BeginLogin(r.Context(), login, now, now.Add(loginTime)); err != nil {
		return err
	}
	a.setCookie(w, loginCookie, login.Browser, loginTime)
	http.Redirect(w, r, p.oauth(known).AuthCodeURL(login.State, oidc.Nonce(login.Nonce), oauth2.S256ChallengeOption(login.Verifier)), http.StatusSeeOther)
	return nil
}

// Finish takes the answer that a browser brings from a provider, signs the person in, and returns the path to go to.
func (a *Access) Finish(w http.ResponseWriter, r *http.Request, providerID string) (returnTo string, err error) {
	p, err := a.provider(providerID)
	if err != nil {
		return "", err
	}
	answer := r.URL.Query()
	login, err := a.db.TakeLogin(r.Context(), answer.Get("state"), a.cookie(r, loginCookie), a.now())
	if errors.Is(err, loader.ErrNotFound) || err == nil && login.Provider != p.ID {
		return "", refused("this sign-in has ended, was used before, or was begun in another browser; sign in again", err)
	}
	if err != nil {
		return "", err
	}
	a.clearCookie(w, loginCookie)
	if iss := answer.Get("iss"); iss != "" && iss != p.Issuer { // RFC 9207
		return "", refused("the answer comes from another provider than the one that was asked; sign in again", nil)
	}
	if problem := answer.Get("error"); problem != "" {
		return "", refused("you have not been signed in by "+p.Name, fmt.Errorf("%.100q: %.200q", problem, answer.Get("error_description")))
	}
	id, said, err := a.person(a.talk(r.Context()), p, answer.Get("code"), login.Nonce, login.Verifier)
	if err != nil {
		return "", err
	}
	user, err := a.admit(r.Context(), p, id, said)
	if err != nil {
		return "", err
	}
	if err := a.openSession(w, r, user); err != nil {
		return "", err
	}
	a.logger.InfoContext(r.Context(), "signed in", "user", user.ID, "provider", p.ID, "role", string(user.Role))
	return login.ReturnTo, nil
}

// admit returns the user that somebody is, or becomes.
func (a *Access) admit(ctx context.Context, p *provider, id *oidc.IDToken, said claims) (loader.User, error) {
	if said.Email == "" || !said.verified() {
		return loader.User{}, refused(p.Name+" has not verified your e-mail address; verify it there, then sign in again", nil)
	}
	user, err := a.db.SignIn(ctx, loader.Account{
		Issuer: id.Issuer, Subject: id.Subject, Email: said.Email, Name: said.Name, Image: said.picture(),
	}, a.rule(said.Email))
	switch {
	case errors.Is(err, loader.ErrNotFound):
		return loader.User{}, refused(fmt.Sprintf("%s may not sign in here; ask an admin of this blog", said.Email), err)
	case errors.Is(err, loader.ErrInvalid):
		return loader.User{}, refused("what "+p.Name+" says about you cannot be stored", err)
	}
	return user, err
}

// LocalPath returns the path if it is one of this application, and "/" otherwise, so that nobody can be led elsewhere.
func LocalPath(to string) string {
	u, err := url.Parse(to)
	if err != nil || u.Scheme != "" || u.Host != "" || u.User != nil || !strings.HasPrefix(to, "/") || strings.ContainsAny(to, "\\\x00\r\n\t") {
		return "/"
	}
	if clean := path.Clean(u.Path); strings.HasPrefix(to, "//") || strings.HasPrefix(clean, "/sign-in") || strings.HasPrefix(clean, "/sign-out") {
		return "/"
	}
	return to
}
