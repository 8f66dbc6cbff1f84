package access_test

import (
	"errors"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/workflowkit/workflowkit-go/examples/blogcms/internal/access"
	"github.com/workflowkit/workflowkit-go/examples/blogcms/internal/access/issuertest"
	"github.com/workflowkit/workflowkit-go/loader"
)

var people = []issuertest.Person{
	{Subject: "1", Email: "ann@example.com", Name: "Ann"},
	{Subject: "2", Email: "boss@example.com", Name: "Boss"},
	{Subject: "3", Email: "eve@evil.example", Name: "Eve"},
	{Subject: "4", Email: "un@example.com", Unverified: true},
}

// bed is an application that does nothing but sign people in.
type bed struct {
	t      *testing.T
	issuer *issuertest.Issuer
	access *access.Access
	url    string
	now    time.Time
}

func newBed(t *testing.T, change func(*access.Config)) *bed {
	t.Helper()
	b := &bed{t: t, now: time.Now()}
	var err error
	if b.issuer, err = issuertest.New(people...); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(b.issuer.Close)
	mux := http.NewServeMux()
	mux.HandleFunc("GET /sign-in/{id}", func(w http.ResponseWriter, r *http.Request) {
		b.answer(w, b.access.Begin(w, r, r.PathValue("id"), r.URL.Query().Get("next")))
	})
	mux.HandleFunc("GET /sign-in/{id}/callback", func(w http.ResponseWriter, r *http.Request) {
		to, err := b.access.Finish(w, r, r.PathValue("id"))
		w.Header().Set("X-To", to)
		b.answer(w, err)
	})
	mux.HandleFunc("GET /sign-out", func(w http.ResponseWriter, r *http.Request) { b.answer(w, b.access.SignOut(w, r)) })
	mux.HandleFunc("GET /who", func(w http.ResponseWriter, r *http.Request) {
		person, err := b.access.Identify(r)
		w.Header().Set("X-Who", person.Email+" "+string(person.Role))
		b.answer(w, err)
	})
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	b.url = server.URL
	config := access.Config{
		BaseURL: b.url, Admins: []string{"Boss@example.com"}, Now: func() time.Time { return b.now },
		Providers: []access.Provider{{ID: "test", Name: "Test", Issuer: b.issuer.URL, ClientID: issuertest.ClientID, ClientSecret: issuertest.ClientSecret}},
	}
	if change != nil {
		change(&config)
	}
	b.access = newAccess(t, config)
	return b
}

// answer shows an error. A redirect has been written by then.
func (b *bed) answer(w http.ResponseWriter, err error) {
	var no *access.RefusedError
	switch {
	case err == nil:
	case errors.As(err, &no):
		http.Error(w, no.Message, http.StatusForbidden)
	case errors.Is(err, access.ErrSignIn):
		http.Error(w, err.Error(), http.StatusUnauthorized)
	default:
		http.Error(w, err.Error(), http.StatusBadGateway)
	}
}

// browser keeps cookies and follows no redirects.
type browser struct {
	*bed
	client *http.Client
}

func (b *bed) browser() *browser {
	b.t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		b.t.Fatal(err)
	}
	return &browser{b, &http.Client{
		Jar: jar, Transport: &http.Transport{DisableKeepAlives: true},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

func (b *browser) get(url string) *http.Response {
	b.t.Helper()
	response, err := b.client.Get(url)
	if err != nil {
		b.t.Fatal(err)
	}
	response.Body.Close()
	return response
}

// leave begins a sign-in and returns where the browser is sent.
func (b *browser) leave() string {
	b.t.Helper()
	response := b.get(b.url + "/sign-in/test?next=/posts/1")
	if response.StatusCode != http.StatusSeeOther {
		b.t.Fatalf("beginning gives %s", response.Status)
	}
	return response.Header.Get("Location")
}

// arrive signs in at the issuer and returns where the browser is sent back.
func (b *browser) arrive(sentTo, email string) string {
	b.t.Helper()
	back, err := b.issuer.Answer(sentTo, email)
	if err != nil {
		b.t.Fatal(err)
	}
	return back
}

func (b *browser) signIn(email string) *http.Response {
	b.t.Helper()
	return b.get(b.arrive(b.leave(), email))
}

func (b *browser) who() string {
	b.t.Helper()
	response := b.get(b.url + "/who")
	if response.StatusCode == http.StatusUnauthorized {
		return "nobody"
	}
	return response.Header.Get("X-Who")
}

func TestSignIn(t *testing.T) {
	t.Parallel()
	b := newBed(t, nil)
	ann := b.browser()
	if got := ann.who(); got != "nobody" {
		t.Errorf("before the sign-in, Ann is %q", got)
	}
	sent, err := url.Parse(ann.leave())
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"state", "nonce", "code_challenge"} {
		if value := sent.Query().Get(name); len(value) < 20 {
			t.Errorf("%s is %q", name, value)
		}
	}
	response := ann.get(ann.arrive(sent.String(), "ann@example.com"))
	if response.StatusCode != http.StatusOK || response.Header.Get("X-To") != "/posts/1" {
		t.Errorf("%s to %q", response.Status, response.Header.Get("X-To"))
	}
	for _, cookie := range response.Cookies() {
		if !cookie.HttpOnly || cookie.SameSite != http.SameSiteLaxMode || cookie.Path != "/" || cookie.Secure {
			t.Errorf("cookie %+v", cookie)
		}
	}
	if got := ann.who(); got != "ann@example.com viewer" {
		t.Errorf("Ann is %q", got)
	}
	boss := b.browser()
	boss.signIn("boss@example.com")
	if got := boss.who(); got != "boss@example.com admin" {
		t.Errorf("the boss is %q", got)
	}
	ann.get(b.url + "/sign-out")
	if got := ann.who(); got != "nobody" {
		t.Errorf("after signing out, Ann is %q", got)
	}
	if got := boss.who(); got != "boss@example.com admin" {
		t.Errorf("after Ann has signed out, the boss is %q", got)
	}
}

func TestRotation(t *testing.T) {
	t.Parallel()
	b := newBed(t, nil)
	ann := b.browser()
	ann.signIn("ann@example.com")
	home, _ := url.Parse(b.url)
	old := ann.client.Jar.Cookies(home)
	ann.signIn("ann@example.com")
	stolen := b.browser()
	stolen.client.Jar.SetCookies(home, old)
	if got := stolen.who(); got != "nobody" {
		t.Errorf("the token of before the sign-in is %q", got)
	}
	if got := ann.who(); got != "ann@example.com viewer" {
		t.Errorf("Ann is %q", got)
	}
	current := ann.client.Jar.Cookies(home)
	ann.get(b.url + "/sign-out")
	stolen.client.Jar.SetCookies(home, current)
	if got := stolen.who(); got != "nobody" {
		t.Errorf("the token of a session that has ended is %q", got)
	}
}

func TestSessionsEnd(t *testing.T) {
	t.Parallel()
	b := newBed(t, func(c *access.Config) { c.Limits = loader.SessionLimits{Idle: time.Hour, Absolute: 2 * time.Hour} })
	b.issuer.Now = func() time.Time { return b.now }
	ann := b.browser()
	ann.signIn("ann@example.com")
	for range 2 {
		b.now = b.now.Add(50 * time.Minute)
		if got := ann.who(); got != "ann@example.com viewer" {
			t.Fatalf("in use, Ann is %q", got)
		}
	}
	b.now = b.now.Add(30 * time.Minute)
	if got := ann.who(); got != "nobody" {
		t.Errorf("after two hours, Ann is %q", got)
	}
	ann.signIn("ann@example.com")
	b.now = b.now.Add(61 * time.Minute)
	if got := ann.who(); got != "nobody" {
		t.Errorf("after an idle hour, Ann is %q", got)
	}
}

// TestForgedSignIns are what an attacker, or an issuer that is broken, could send.
func TestForgedSignIns(t *testing.T) {
	t.Parallel()
	claim := func(name string, value any) func(*issuertest.Issuer) {
		return func(i *issuertest.Issuer) { i.Change = func(c map[string]any) { c[name] = value } }
	}
	cases := map[string]struct {
		issuer func(*issuertest.Issuer)
		// back changes where the browser comes back to.
		back  func(url.Values)
		email string
		want  string
	}{
		"another nonce":           {issuer: claim("nonce", "somebody else's"), want: "another attempt"},
		"no nonce":                {issuer: claim("nonce", nil), want: "another attempt"},
		"another audience":        {issuer: claim("aud", "another client"), want: "not valid"},
		"another issuer":          {issuer: claim("iss", "https://evil.example"), want: "not valid"},
		"an expired token":        {issuer: claim("exp", time.Now().Add(-time.Hour).Unix()), want: "not valid"},
		"a token of the future":   {issuer: claim("nbf", time.Now().Add(time.Hour).Unix()), want: "not valid"},
		"a key of somebody else":  {issuer: func(i *issuertest.Issuer) { i.Foreign = true }, want: "not valid"},
		"no e-mail verification":  {issuer: claim("email_verified", nil), want: "not verified"},
		"a false verification":    {issuer: claim("email_verified", "false"), want: "not verified"},
		"an unverified address":   {email: "un@example.com", want: "not verified"},
		"another state":           {back: func(v url.Values) { v.Set("state", "x") }, want: "has ended"},
		"no state":                {back: func(v url.Values) { v.Del("state") }, want: "has ended"},
		"another code":            {back: func(v url.Values) { v.Set("code", "x") }, want: "not accepted"},
		"a refusal by the person": {back: func(v url.Values) { v.Set("error", "access_denied") }, want: "not been signed in"},
		"an answer of another":    {back: func(v url.Values) { v.Set("iss", "https://evil.example") }, want: "another provider"},
		"a name that is no text":  {issuer: claim("name", "\x00"), want: "cannot be stored"},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := newBed(t, nil)
			if tc.issuer != nil {
				tc.issuer(b.issuer)
			}
			if tc.email == "" {
				tc.email = "ann@example.com"
			}
			ann := b.browser()
			back, err := url.Parse(ann.arrive(ann.leave(), tc.email))
			if err != nil {
				t.Fatal(err)
			}
			if q := back.Query(); tc.back != nil {
				tc.back(q)
				back.RawQuery = q.Encode()
			}
			w := httptest.NewRecorder()
			r := httptest.NewRequest(http.MethodGet, back.String(), http.NoBody)
			for _, cookie := range ann.client.Jar.Cookies(back) {
				r.AddCookie(cookie)
			}
			_, err = b.access.Finish(w, r, "test")
			var no *access.RefusedError
			if !errors.As(err, &no) || !strings.Contains(no.Message, tc.want) {
				t.Errorf("the error is %v, want a refusal with %q", err, tc.want)
			}
			for _, cookie := range w.Result().Cookies() {
				if cookie.Name == "blogcms_session" {
					t.Errorf("there is a session: %v", cookie)
				}
			}
		})
	}
}

func TestReplayedAnswer(t *testing.T) {
	t.Parallel()
	b := newBed(t, nil)
	ann, eve := b.browser(), b.browser()
	sent := ann.leave()
	// Eve cannot end what Ann has begun, nor make Ann end what Eve has begun.
	if got := eve.get(ann.arrive(sent, "ann@example.com")).StatusCode; got != http.StatusForbidden {
		t.Errorf("the answer in another browser: %d", got)
	}
	if got := ann.get(eve.arrive(eve.leave(), "eve@evil.example")).StatusCode; got != http.StatusForbidden {
		t.Errorf("the answer of another browser: %d", got)
	}
	back := ann.arrive(sent, "ann@example.com")
	if got := ann.get(back).StatusCode; got != http.StatusOK {
		t.Fatalf("the answer: %d", got)
	}
	if got := ann.get(back).StatusCode; got != http.StatusForbidden {
		t.Errorf("the same answer again: %d", got)
	}
	late := ann.arrive(ann.leave(), "ann@example.com")
	b.now = b.now.Add(11 * time.Minute)
	if got := ann.get(late).StatusCode; got != http.StatusForbidden {
		t.Errorf("an answer after eleven minutes: %d", got)
	}
}

func TestWhoMaySignIn(t *testing.T) {
	t.Parallel()
	cases := map[string]struct {
		allowed []string
		email   string
		want    string
	}{
		"everybody":                 {nil, "eve@evil.example", "eve@evil.example viewer"},
		"an address":                {[]string{" Ann@example.com"}, "ann@example.com", "ann@example.com viewer"},
		"a domain":                  {[]string{"example.com"}, "ann@example.com", "ann@example.com viewer"},
		"a domain with its sign":    {[]string{"@example.com"}, "ann@example.com", "ann@example.com viewer"},
		"another domain":            {[]string{"example.com"}, "eve@evil.example", "nobody"},
		"a part of a domain":        {[]string{"evil"}, "eve@evil.example", "nobody"},
		"an admin in any case":      {[]string{"nobody@example.com"}, "boss@example.com", "boss@example.com admin"},
		"a user by invitation only": {[]string{"nobody@example.com"}, "ann@example.com", "nobody"},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := newBed(t, func(c *access.Config) { c.Allowed = tc.allowed })
			browser := b.browser()
			browser.signIn(tc.email)
			if got := browser.who(); got != tc.want {
				t.Errorf("%q, want %q", got, tc.want)
			}
		})
	}
}

func TestIssuerThatIsDown(t *testing.T) {
	t.Parallel()
	b := newBed(t, nil)
	url := b.issuer.URL
	b.issuer.Close()
	if got := b.browser().get(b.url + "/sign-in/test").StatusCode; got != http.StatusBadGateway {
		t.Errorf("%d from %s", got, url)
	}
	if got := b.browser().get(b.url + "/sign-in/nobody").StatusCode; got != http.StatusBadGateway {
		t.Errorf("a provider that there is not: %d", got)
	}
}

// TestSecureCookies is an application behind a proxy that speaks https.
func TestSecureCookies(t *testing.T) {
	t.Parallel()
	b := newBed(t, func(c *access.Config) { c.BaseURL = "https://blog.example.com" })
	response := b.browser().get(b.url + "/sign-in/test")
	if len(response.Cookies()) == 0 {
		t.Fatal("there is no cookie")
	}
	for _, cookie := range response.Cookies() {
		if !cookie.Secure || !strings.HasPrefix(cookie.Name, "__Host-") || !cookie.HttpOnly {
			t.Errorf("cookie %v", cookie)
		}
	}
	if to := response.Header.Get("Location"); !strings.Contains(to, url.QueryEscape("https://blog.example.com/sign-in/test/callback")) {
		t.Errorf("the browser is sent to %s", to)
	}
}
