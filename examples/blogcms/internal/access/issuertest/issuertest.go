// Package issuertest is an OpenID Connect issuer for tests. It speaks the real protocol over HTTP: discovery, keys,
// authorization codes with PKCE, signed ID tokens. Who signs in, and what is wrong with it, is up to the test.
package issuertest

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"html"
	"net/http"
	"net/http/httptest"
	"net/url"
	"sync"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"github.com/coreos/go-oidc/v3/oidc/oidctest"
)

const (
	// ClientID and ClientSecret are those of the only client.
	ClientID = "blogcms-client"
	// ClientSecret is what the client must prove to know.
	ClientSecret = "a secret of the client"
	keyID        = "key-1"
)

// Person is somebody with an account.
type Person struct {
	Subject, Email, Name string
	// Unverified says that the issuer does not vouch for the address.
	Unverified bool
}

// Issuer is a running issuer. Its fields may be set before it is used.
type Issuer struct {
	// URL is the issuer's.
	URL string
	// Now is the clock. It is time.Now unless it is set.
	Now func() time.Time
	// Change changes the claims of an ID token before it is signed. It may be nil.
	Change func(claims map[string]any)
	// Foreign signs with a key that the issuer does not publish.
	Foreign bool

	server *httptest.Server
	key    *rsa.PrivateKey

	mu     sync.Mutex
	people []Person
	codes  map[string]grant
}

// grant is what a code stands for.
type grant struct {
	person                             Person
	nonce, challenge, redirect, client string
}

// New starts an issuer with accounts. Close stops it.
func New(people ...Person) (*Issuer, error) {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		return nil, err
	}
	i := &Issuer{Now: time.Now, key: key, people: people, codes: map[string]grant{}}
	metadata := &oidctest.Server{PublicKeys: []oidctest.PublicKey{{PublicKey: key.Public(), KeyID: keyID, Algorithm: oidc.RS256}}}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /.well-known/openid-configuration", i.describe)
	mux.Handle("/", metadata)
	mux.HandleFunc("GET /authorize", i.authorize)
	mux.HandleFunc("POST /token", i.token)
	i.server = httptest.NewServer(mux)
	i.URL = i.server.URL
	metadata.SetIssuer(i.URL)
	return i, nil
}

// Close stops the issuer.
func (i *Issuer) Close() { i.server.Close() }

func (i *Issuer) describe(w http.ResponseWriter, _ *http.Request) {
	writeJSON(w, http.StatusOK, map[string]any{
		"issuer": i.URL, "authorization_endpoint": i.URL + "/authorize", "token_endpoint": i.URL + "/token",
		"jwks_uri": i.URL + "/keys", "id_token_signing_alg_values_supported": []string{oidc.RS256},
	})
}

// authorize shows who could sign in. A request that names one of them by login_hint is answered at once, as an issuer does
// for somebody who is signed in there.
func (i *Issuer) authorize(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	if q.Get("client_id") != ClientID || q.Get("response_type") != "code" || q.Get("code_challenge_method") != "S256" {
		http.Error(w, "this is no authorization request with PKCE: "+r.URL.RawQuery, http.StatusBadRequest)
		return
	}
	if q.Get("login_hint") == "" {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		fmt.Fprint(w, `<!DOCTYPE html><html lang="en"><title>Accounts</title><link rel="icon" href="data:,"><h1>Who are you?</h1>`)
		for _, p := range i.people {
			q.Set("login_hint", p.Email)
			fmt.Fprintf(w, `<p><a href="/authorize?%s">%s</a></p>`, html.EscapeString(q.Encode()), html.EscapeString(p.Email))
		}
		return
	}
	to, err := i.Answer(r.URL.String(), q.Get("login_hint"))
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	http.Redirect(w, r, to, http.StatusSeeOther)
}

// Answer returns the URL to which a browser comes back that was sent to the issuer's URL and signs in as somebody.
func (i *Issuer) Answer(sentTo, email string) (string, error) {
	u, err := url.Parse(sentTo)
	if err != nil {
		return "", err
	}
	q := u.Query()
	for _, p := range i.people {
		if p.Email != email {
			continue
		}
		code := rand.Text()
		i.mu.Lock()
		i.codes[code] = grant{p, q.Get("nonce"), q.Get("code_challenge"), q.Get("redirect_uri"), q.Get("client_id")}
		i.mu.Unlock()
		return q.Get("redirect_uri") + "?" + url.Values{"code": {code}, "state": {q.Get("state")}}.Encode(), nil
	}
	return "", fmt.Errorf("nobody has the address %q", email)
}

func (i *Issuer) token(w http.ResponseWriter, r *http.Request) {
	id, secret, ok := r.BasicAuth()
	if !ok {
		id, secret = r.PostFormValue("client_id"), r.PostFormValue("client_secret")
	} else if decoded, err := url.QueryUnescape(secret); err == nil {
		secret = decoded
	}
	i.mu.Lock()
	g, known := i.codes[r.PostFormValue("code")]
	delete(i.codes, r.PostFormValue("code"))
	i.mu.Unlock()
	sum := sha256.Sum256([]byte(r.PostFormValue("code_verifier")))
	switch {
	case id != ClientID || secret != ClientSecret:
		writeJSON(w, http.StatusUnauthorized, map[string]any{"error": "invalid_client"})
	case !known || g.redirect != r.PostFormValue("redirect_uri") || g.challenge != base64.RawURLEncoding.EncodeToString(sum[:]):
		writeJSON(w, http.StatusBadRequest, map[string]any{"error": "invalid_grant"})
	default:
		writeJSON(w, http.StatusOK, map[string]any{
			"access_token": rand.Text(), "token_type": "Bearer", "expires_in": 3600, "id_token": i.sign(g),
		})
	}
}

// sign returns the ID token of a grant.
func (i *Issuer) sign(g grant) string {
	now := i.Now()
	claims := map[string]any{
		"iss": i.URL, "aud": g.client, "sub": g.person.Subject, "nonce": g.nonce, "iat": now.Unix(), "exp": now.Add(time.Hour).Unix(),
		"email": g.person.Email, "email_verified": !g.person.Unverified, "name": g.person.Name,
	}
	if i.Change != nil {
		i.Change(claims)
	}
	raw, err := json.Marshal(claims)
	if err != nil {
		panic(err)
	}
	key := i.key
	if i.Foreign {
		if key, err = rsa.GenerateKey(rand.Reader, 2048); err != nil {
			panic(err)
		}
	}
	return oidctest.SignIDToken(key, keyID, oidc.RS256, string(raw))
}

func writeJSON(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body) // a reader that has gone away
}
