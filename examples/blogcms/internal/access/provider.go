package access

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"regexp"
	"strings"
	"sync"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"
)

// GoogleIssuer is the issuer of Google's accounts.
const GoogleIssuer = "https://accounts.google.com"

// Provider is where people sign in: an OpenID Connect issuer that knows the application.
type Provider struct {
	// ID is the provider's part of the path /sign-in/{id}/callback, which is to be registered with it: letters and digits.
	ID string
	// Name is what the button says.
	Name string
	// Issuer is its URL, below which it describes itself.
	Issuer string
	// ClientID and ClientSecret are the application's. The secret may be empty: PKCE is used in any case.
	ClientID, ClientSecret string
}

var providerID = regexp.MustCompile(`^[a-z0-9]{1,32}$`)

func (p Provider) check() error {
	issuer, err := url.Parse(p.Issuer)
	switch {
	case !providerID.MatchString(p.ID):
		return fmt.Errorf("access: the id of a provider is %q, lower-case letters and digits are needed", p.ID)
	case err != nil || issuer.Host == "" || issuer.Scheme != "https" && (issuer.Scheme != "http" || !isLoopbackName(issuer.Host)):
		return fmt.Errorf("access: the issuer of provider %q is %q, an https URL is needed", p.ID, p.Issuer)
	case p.ClientID == "":
		return fmt.Errorf("access: provider %q has no client id", p.ID)
	}
	return nil
}

// provider is a provider that has described itself, or will.
type provider struct {
	Provider
	redirect string

	mu    sync.Mutex
	known *oidc.Provider
}

// describe returns the provider's description. It is asked for when it is needed for the first time, so that the
// application starts without the provider, and again until there is one.
func (p *provider) describe(ctx context.Context) (*oidc.Provider, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.known != nil {
		return p.known, nil
	}
	known, err := oidc.NewProvider(ctx, p.Issuer)
	if err != nil {
		return nil, fmt.Errorf("%w (%s): %w", ErrProvider, p.Name, err)
	}
	p.known = known
	return known, nil
}

func (p *provider) oauth(known *oidc.Provider) *oauth2.Config {
	return &oauth2.Config{
		ClientID: p.ClientID, ClientSecret: p.ClientSecret, Endpoint: known.Endpoint(), RedirectURL: p.redirect,
		Scopes: []string{oidc.ScopeOpenID, "email", "profile"},
	}
}

// claims are what is read of an ID token.
type claims struct {
	Email    string `json:"email"`
	Verified any    `json:"email_verified"` // some issuers write it as a text
	Name     string `json:"name"`
	Picture  string `json:"picture"`
}

func (c claims) verified() bool {
	text, ok := c.Verified.(string)
	return c.Verified == true || ok && strings.EqualFold(text, "true")
}

// picture returns the URL of a picture that a page may show, or nothing.
func (c claims) picture() string {
	if u, err := url.Parse(c.Picture); err != nil || u.Scheme != "https" || u.Host == "" {
		return ""
	}
	return c.Picture
}

// person returns what the provider says about the person whose code the browser has brought.
func (a *Access) person(ctx context.Context, p *provider, code, nonce, verifier string) (*oidc.IDToken, claims, error) {
	known, err := p.describe(ctx)
	if err != nil {
		return nil, claims{}, err
	}
	token, err := p.oauth(known).Exchange(ctx, code, oauth2.VerifierOption(verifier))
	var answer *oauth2.RetrieveError
	switch {
	case errors.As(err, &answer) && answer.Response != nil && answer.Response.StatusCode < 500:
		return nil, claims{}, refused(p.Name+" has not accepted the answer that your browser brought; sign in again", err)
	case err != nil:
		return nil, claims{}, fmt.Errorf("%w (%s): %w", ErrProvider, p.Name, err)
	}
	raw, ok := token.Extra("id_token").(string)
	if !ok {
		return nil, claims{}, refused(p.Name+" has not said who you are", errors.New("there is no id_token"))
	}
	id, err := known.VerifierContext(ctx, &oidc.Config{ClientID: p.ClientID, Now: a.now}).Verify(ctx, raw)
	if err != nil {
		return nil, claims{}, refused("what "+p.Name+" says about you is not valid; sign in again", err)
	}
	if id.Nonce != nonce {
		return nil, claims{}, refused("what "+p.Name+" says belongs to another attempt to sign in; sign in again", errors.New("the nonce differs"))
	}
	var said claims
	if err := id.Claims(&said); err != nil {
		return nil, claims{}, refused("what "+p.Name+" says about you cannot be read", err)
	}
	if said.Email == "" { // it need not be in the token
		info, err := known.UserInfo(ctx, oauth2.StaticTokenSource(token))
		if err != nil {
			return nil, claims{}, fmt.Errorf("%w (%s): %w", ErrProvider, p.Name, err)
		}
		if info.Subject != id.Subject {
			return nil, claims{}, refused("what "+p.Name+" says about you is not valid; sign in again", errors.New("the user info is about somebody else"))
		}
		said.Email, said.Verified = info.Email, info.EmailVerified
	}
	return id, said, nil
}
