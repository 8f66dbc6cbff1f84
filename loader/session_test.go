package loader_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/workflowkit/workflowkit-go/loader"
	"github.com/workflowkit/workflowkit-go/loader/loadertest"
)

var limits = loader.SessionLimits{Idle: time.Hour, Absolute: 3 * time.Hour}

func TestSessions(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, dsn string) {
		ctx := context.Background()
		db := loadertest.Open(t, dsn)
		user := signIn(t, db, account("1", "ann@example.com"), viewers)
		start := time.Now()
		begin := func() string {
			t.Helper()
			token, err := db.CreateSession(ctx, user.ID, start, limits)
			if err != nil {
				t.Fatal(err)
			}
			return token
		}
		lives := func(token string, after time.Duration) bool {
			t.Helper()
			session, err := db.Session(ctx, token, start.Add(after), limits)
			if err != nil && !errors.Is(err, loader.ErrNotFound) {
				t.Fatal(err)
			}
			return err == nil && session.User.ID == user.ID
		}
		used, unused, left := begin(), begin(), begin()
		for _, minutes := range []time.Duration{0, 50, 100, 150} {
			if !lives(used, minutes*time.Minute) {
				t.Errorf("a session in use is over after %d minutes", minutes)
			}
		}
		if lives(used, 181*time.Minute) {
			t.Error("a session lasts longer than it may")
		}
		if !lives(unused, 59*time.Minute) || lives(left, 61*time.Minute) {
			t.Error("a session that nobody uses is over after an hour, and not before")
		}
		if lives("nobody's", 0) || lives("", 0) || lives(strings.ToLower(used), 0) {
			t.Error("a token that nobody has finds a session")
		}
		if _, err := db.SetUserRole(ctx, user.ID, loader.RoleEditor); err != nil {
			t.Fatal(err)
		}
		if session, err := db.Session(ctx, unused, start, limits); err != nil || session.User.Role != loader.RoleEditor {
			t.Errorf("the session does not know the new role: %+v, %v", session, err)
		}
		if err := db.DeleteSession(ctx, unused); err != nil || lives(unused, 0) {
			t.Errorf("signing out has not ended the session: %v", err)
		}
		if n, err := db.DeleteUserSessions(ctx, user.ID); err != nil || n != 2 || lives(used, 0) {
			t.Errorf("%d sessions ended, %v", n, err)
		}
		if _, err := db.CreateSession(ctx, "nobody", start, limits); !errors.Is(err, loader.ErrNotFound) {
			t.Errorf("a session of nobody: %v", err)
		}
		if _, err := db.CreateSession(ctx, user.ID, start, loader.SessionLimits{}); !errors.Is(err, loader.ErrInvalid) {
			t.Errorf("a session without limits: %v", err)
		}
	})
}

// What is stored of a session cannot be used to be somebody.
func TestSessionsAreStoredAsHashes(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, dsn string) {
		ctx := context.Background()
		db := loadertest.Open(t, dsn)
		other := openLegacy(t, dsn)
		user := signIn(t, db, account("1", "ann@example.com"), viewers)
		now := time.Now()
		token, err := db.CreateSession(ctx, user.ID, now, limits)
		if err != nil {
			t.Fatal(err)
		}
		login := loader.Login{State: "the state", Browser: "the browser", Provider: "p", Nonce: "n", Verifier: "v", ReturnTo: "/"}
		if err := db.BeginLogin(ctx, login, now, now.Add(time.Minute)); err != nil {
			t.Fatal(err)
		}
		stored := strings.Join(append(other.rows("SELECT * FROM workflowkit_sessions"), other.rows("SELECT * FROM workflowkit_logins")...), "\n")
		for _, secret := range []string{token, login.State, login.Browser} {
			if strings.Contains(stored, secret) {
				t.Errorf("%q is stored in the clear:\n%s", secret, stored)
			}
		}
		count := func() int {
			return len(other.rows("SELECT token_hash FROM workflowkit_sessions")) + len(other.rows("SELECT state_hash FROM workflowkit_logins"))
		}
		if err := db.PruneSessions(ctx, now, limits); err != nil || count() != 2 {
			t.Errorf("what is not over was pruned: %d rows, %v", count(), err)
		}
		if err := db.PruneSessions(ctx, now.Add(2*time.Hour), limits); err != nil || count() != 0 {
			t.Errorf("%d rows are left, %v", count(), err)
		}
	})
}

func TestLogins(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, dsn string) {
		ctx := context.Background()
		db := loadertest.Open(t, dsn)
		now := time.Now()
		login := loader.Login{State: "s", Browser: "b", Provider: "p", Nonce: "n", Verifier: "v", ReturnTo: "/posts/1"}
		if err := db.BeginLogin(ctx, login, now, now.Add(10*time.Minute)); err != nil {
			t.Fatal(err)
		}
		for name, take := range map[string]func() (loader.Login, error){
			"another state":   func() (loader.Login, error) { return db.TakeLogin(ctx, "x", "b", now) },
			"another browser": func() (loader.Login, error) { return db.TakeLogin(ctx, "s", "x", now) },
			"no browser":      func() (loader.Login, error) { return db.TakeLogin(ctx, "s", "", now) },
			"too late":        func() (loader.Login, error) { return db.TakeLogin(ctx, "s", "b", now.Add(10*time.Minute)) },
		} {
			if _, err := take(); !errors.Is(err, loader.ErrNotFound) {
				t.Errorf("%s: %v, want ErrNotFound", name, err)
			}
		}
		var taken atomic.Int64
		var all sync.WaitGroup
		for range 8 { // a replayed answer, at once
			all.Go(func() {
				got, err := db.TakeLogin(ctx, "s", "b", now)
				switch {
				case err == nil && got == login:
					taken.Add(1)
				case !errors.Is(err, loader.ErrNotFound):
					t.Errorf("%+v, %v", got, err)
				}
			})
		}
		all.Wait()
		if taken.Load() != 1 {
			t.Errorf("the state was good for %d answers", taken.Load())
		}
		if err := db.BeginLogin(ctx, loader.Login{State: "s"}, now, now); !errors.Is(err, loader.ErrInvalid) {
			t.Errorf("without a browser: %v", err)
		}
	})
}

func TestPostRuns(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, dsn string) {
		ctx := context.Background()
		db := loadertest.Open(t, dsn)
		at := time.Now().UTC().Truncate(time.Millisecond)
		for _, run := range []loader.PostRun{
			{"old", 1, at.Add(-100 * 24 * time.Hour)},
			{"first", 1, at.Add(-time.Hour)},
			{"second", 1, at},
			{"other", 2, at},
			{"second", 1, at.Add(time.Hour)},
		} {
			if err := db.RecordPostRun(ctx, run); err != nil {
				t.Fatal(err)
			}
		}
		runs, err := db.PostRuns(ctx, 1, 0)
		if err != nil || len(runs) != 2 || runs[0] != (loader.PostRun{RunID: "second", PostID: 1, StartedAt: at}) || runs[1].RunID != "first" {
			t.Errorf("runs of post 1: %v, %v", runs, err)
		}
		latest, err := db.LatestPostRuns(ctx)
		if err != nil || len(latest) != 2 || latest[1].RunID != "second" || latest[2].RunID != "other" {
			t.Errorf("latest runs: %v, %v", latest, err)
		}
		if err := db.RecordPostRun(ctx, loader.PostRun{PostID: 1}); !errors.Is(err, loader.ErrInvalid) {
			t.Errorf("a run without an id: %v", err)
		}
	})
}
