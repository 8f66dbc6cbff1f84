package cms_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/workflowkit/workflowkit-go/actions"
	"github.com/workflowkit/workflowkit-go/examples/blogcms/internal/access/issuertest"
	"github.com/workflowkit/workflowkit-go/examples/blogcms/internal/cms"
	"github.com/workflowkit/workflowkit-go/examples/blogcms/internal/limit"
	"github.com/workflowkit/workflowkit-go/inngest"
	"github.com/workflowkit/workflowkit-go/inngest/local"
	"github.com/workflowkit/workflowkit-go/loader"
	"github.com/workflowkit/workflowkit-go/loader/loadertest"
	"github.com/workflowkit/workflowkit-go/loader/outbox"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// site is a running application on an Inngest and a database of its own.
type site struct {
	t     *testing.T
	base  string
	db    *loader.DB
	app   *cms.App
	clock *local.VirtualClock
	local *local.Server // nil if the site's Inngest is broken
	http  *http.Client
	log   *buffer
	// stopApp ends the sending of events.
	stopApp func()

	issuer  *issuertest.Issuer // nil if there is a local admin
	history *loader.History
}

// buffer is a log that several goroutines write.
type buffer struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (b *buffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.Write(p)
}

func (b *buffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.String()
}

func (b *buffer) contains(text string) bool { return strings.Contains(b.String(), text) }

// parts are what a test wants to be different.
type parts struct {
	dsn   string            // default: a new SQLite file
	model actions.TextModel // default: the offline one
	// events, if it is set, answers what the application sends to Inngest.
	events http.HandlerFunc
	// wrap is put around the application's handler.
	wrap func(http.Handler) http.Handler
	// seeds puts the seeds into the database.
	seeds bool
	// clock makes time stand still.
	clock *local.VirtualClock
	// people makes people sign in. Otherwise there is a local admin.
	people bool
	limits cms.Limits
}

// openDatabase opens a database whose events do not wait for long after a failed attempt.
func openDatabase(t *testing.T, dsn string, logger *slog.Logger) *loader.DB {
	t.Helper()
	return loadertest.Open(t, dsn, loader.WithOutbox(outbox.Config{
		MinBackoff: 10 * time.Millisecond, MaxBackoff: 50 * time.Millisecond, Logger: logger,
	}))
}

func newSite(t *testing.T, p parts) *site {
	t.Helper()
	if p.dsn == "" {
		p.dsn = loadertest.SQLite(t)
	}
	if p.model == nil {
		p.model = actions.Offline{}
	}
	log := &buffer{}
	logger := slog.New(slog.NewTextHandler(log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	s := &site{t: t, db: openDatabase(t, p.dsn, logger), clock: p.clock, log: log, http: &http.Client{
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		Transport:     &http.Transport{DisableKeepAlives: true},
	}}
	if p.seeds {
		if _, err := s.db.Seed(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	inngestURL := s.startInngest(p)
	client, err := inngest.NewClient(inngest.Config{
		AppID: "blog", BaseURL: inngestURL, Logger: logger, Getenv: func(string) string { return "" },
	})
	if err != nil {
		t.Fatal(err)
	}
	retries := 1
	history := s.db.History(loader.HistoryConfig{})
	t.Cleanup(func() {
		if err := history.Close(context.Background()); err != nil {
			t.Error(err)
		}
	})
	s.history = history
	var handler atomic.Value // the application has to know its address before it can be made
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		handler.Load().(http.HandlerFunc)(w, r)
	}))
	t.Cleanup(server.Close)
	t.Cleanup(func() { // streams would keep the server from closing
		if s.app != nil {
			s.app.Close()
		}
	})
	s.base = server.URL
	config := cms.Config{DB: s.db, Client: client, Model: p.model, History: history, Limits: p.limits, Retries: &retries, Logger: logger}
	if p.people {
		if config.Limits.SignIns == (limit.Rate{}) {
			config.Limits.SignIns = limit.Rate{Burst: 1000, Every: time.Second}
		}
		config.Access = s.issue(s.base)
	}
	if s.app, err = cms.New(config); err != nil {
		t.Fatal(err)
	}
	served := s.app.Handler()
	if p.wrap != nil {
		served = p.wrap(served)
	}
	handler.Store(http.HandlerFunc(served.ServeHTTP))
	s.runApp()
	if s.local != nil {
		if err := client.Sync(t.Context(), s.base+cms.ServePath); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() {
			if err := s.local.Close(); err != nil {
				t.Error(err)
			}
			if err := s.local.Err(); err != nil {
				t.Errorf("the Inngest server noticed: %v", err)
			}
		})
	}
	return s
}

// runApp sends the events of decisions until stopApp is called or the test ends.
func (s *site) runApp() {
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- s.app.Run(ctx) }()
	s.stopApp = sync.OnceFunc(func() {
		cancel()
		if err := <-ended; err != nil {
			s.t.Errorf("run the application: %v", err)
		}
	})
	s.t.Cleanup(s.stopApp)
}

// sent waits until the events of all decisions are sent.
func (s *site) sent() {
	s.t.Helper()
	s.eventually("the events to be sent", func() error {
		stats, err := s.db.Outbox().Stats(s.t.Context())
		if err == nil && stats.Waiting > 0 {
			err = fmt.Errorf("%d wait", stats.Waiting)
		}
		return err
	})
}

// startInngest returns the URL of the site's Inngest.
func (s *site) startInngest(p parts) string {
	s.t.Helper()
	if p.events != nil {
		server := httptest.NewServer(p.events)
		s.t.Cleanup(server.Close)
		return server.URL
	}
	config := local.Config{Backoff: func(int) time.Duration { return 10 * time.Millisecond }}
	if p.clock != nil {
		config.Clock = p.clock
	}
	var err error
	if s.local, err = local.Start(config); err != nil {
		s.t.Fatal(err)
	}
	return s.local.URL()
}

// answer is what a request got.
type answer struct {
	status int
	header http.Header
	body   string
}

func (s *site) do(request *http.Request) answer {
	s.t.Helper()
	response, err := s.http.Do(request)
	if err != nil {
		s.t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		s.t.Fatal(err)
	}
	return answer{response.StatusCode, response.Header, string(body)}
}

// request makes a request with a JSON body, or none if it is empty. Headers are name and value in turns.
func (s *site) request(method, path, body string, headers ...string) answer {
	s.t.Helper()
	request, err := http.NewRequestWithContext(s.t.Context(), method, s.base+path, strings.NewReader(body))
	if err != nil {
		s.t.Fatal(err)
	}
	if body != "" {
		request.Header.Set("Content-Type", "application/json")
	}
	for i := 0; i+1 < len(headers); i += 2 {
		request.Header.Set(headers[i], headers[i+1])
	}
	return s.do(request)
}

func (s *site) get(path string) answer {
	s.t.Helper()
	return s.request(http.MethodGet, path, "")
}

// submit sends a form as a browser does. Fields are name and value in turns.
func (s *site) submit(path string, fields ...string) answer {
	s.t.Helper()
	form := url.Values{}
	for i := 0; i+1 < len(fields); i += 2 {
		form.Set(fields[i], fields[i+1])
	}
	request, err := http.NewRequestWithContext(s.t.Context(), http.MethodPost, s.base+path, strings.NewReader(form.Encode()))
	if err != nil {
		s.t.Fatal(err)
	}
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	request.Header.Set("Sec-Fetch-Site", "same-origin")
	return s.do(request)
}

// into decodes the body of an answer that must have the status.
func (a answer) into(t *testing.T, status int, v any) {
	t.Helper()
	if a.status != status {
		t.Fatalf("status is %d, want %d: %s", a.status, status, a.body)
	}
	decoder := json.NewDecoder(strings.NewReader(a.body))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(v); err != nil {
		t.Fatalf("%v: %s", err, a.body)
	}
}

// post returns a post as the API shows it.
func (s *site) post(id int64) loader.Post {
	s.t.Helper()
	var body struct {
		BlogPost loader.Post `json:"blogPost"`
	}
	s.get(fmt.Sprintf("/api/blog-posts/%d", id)).into(s.t, http.StatusOK, &body)
	return body.BlogPost
}

// newPost stores a draft.
func (s *site) newPost(title, markdown string) loader.Post {
	s.t.Helper()
	post, err := s.db.CreatePost(s.t.Context(), loader.NewPost{Title: title, Markdown: markdown})
	if err != nil {
		s.t.Fatal(err)
	}
	return post
}

// newWorkflow stores an enabled workflow, whether or not it is valid.
func (s *site) newWorkflow(trigger, definition string) loader.Workflow {
	s.t.Helper()
	enabled := true
	w, err := s.db.CreateWorkflow(s.t.Context(), loader.WorkflowEdit{
		Trigger: &trigger, Enabled: &enabled, Definition: json.RawMessage(definition),
	})
	if err != nil {
		s.t.Fatal(err)
	}
	return w
}

// decide takes a decision that must succeed.
func (s *site) decide(id int64, decision string) {
	s.t.Helper()
	if got := s.request(http.MethodPost, fmt.Sprintf("/api/blog-posts/%d/%s", id, decision), ""); got.status != http.StatusOK {
		s.t.Fatalf("%s: %d %s", decision, got.status, got.body)
	}
}

// reach waits until a post has a status.
func (s *site) reach(id int64, status string) loader.Post {
	s.t.Helper()
	var post loader.Post
	s.eventually("the post to be "+status, func() error {
		if post = s.post(id); post.Status != status {
			return fmt.Errorf("its status is %q", post.Status)
		}
		return nil
	})
	return post
}

func (s *site) eventually(what string, check func() error) {
	s.t.Helper()
	ctx, cancel := context.WithTimeout(s.t.Context(), time.Minute)
	defer cancel()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for {
		err := check()
		if err == nil {
			return
		}
		select {
		case <-ctx.Done():
			s.t.Fatalf("waited in vain for %s: %v\n%s", what, err, s.log)
		case <-tick.C:
		}
	}
}

// runs waits until nothing is going on and returns the statuses of the runs of the workflow function, oldest first.
func (s *site) runs() []local.Status {
	s.t.Helper()
	s.sent()
	if err := s.local.Idle(s.t.Context()); err != nil {
		s.t.Fatal(err)
	}
	var out []local.Status
	for _, run := range s.local.Runs(local.Filter{FunctionID: cms.FunctionID}) {
		out = append(out, run.Status)
	}
	return out
}

// onBoth runs a test on SQLite and on Postgres.
func onBoth(t *testing.T, test func(t *testing.T, dsn string)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) {
		t.Parallel()
		test(t, loadertest.SQLite(t))
	})
	t.Run("postgres", func(t *testing.T) {
		t.Parallel()
		test(t, loadertest.Postgres(t))
	})
}

// modelFunc is a text model.
type modelFunc func(ctx context.Context, prompt actions.Prompt) (actions.Text, error)

// Generate implements actions.TextModel.
func (f modelFunc) Generate(ctx context.Context, prompt actions.Prompt) (actions.Text, error) {
	return f(ctx, prompt)
}

var errModel = errors.New("the model is out of order")

const (
	reviewWorkflow = `{"actions":[{"id":"1","kind":"grammar_review"},{"id":"2","kind":"wait_for_approval"}],
		"edges":[{"from":"$source","to":"1"},{"from":"1","to":"2"}]}`
	announceWorkflow = `{"actions":[{"id":"1","kind":"generate_tweet_posts"}],"edges":[{"from":"$source","to":"1"}]}`
)
