package loader_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/workflowkit/workflowkit-go/loader"
	"github.com/workflowkit/workflowkit-go/loader/loadertest"
)

func account(subject, email string) loader.Account {
	return loader.Account{Issuer: "https://issuer.example", Subject: subject, Email: email, Name: "Name of " + subject}
}

var viewers = loader.SignInRule{New: loader.RoleViewer}

func signIn(t *testing.T, db *loader.DB, a loader.Account, rule loader.SignInRule) loader.User {
	t.Helper()
	user, err := db.SignIn(context.Background(), a, rule)
	if err != nil {
		t.Fatal(err)
	}
	return user
}

func TestSignIn(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, dsn string) {
		ctx := context.Background()
		db := loadertest.Open(t, dsn)
		first := signIn(t, db, account("1", "Ann@Example.com"), viewers)
		if first.ID == "" || first.Email != "Ann@Example.com" || first.Role != loader.RoleViewer || first.CreatedAt == nil || time.Since(*first.CreatedAt) > time.Hour {
			t.Errorf("a new user is %+v", first)
		}
		if again := signIn(t, db, account("1", "new@example.com"), viewers); cmp.Diff(first, again) != "" {
			t.Errorf("the account with another address is %+v, want the same user", again)
		}
		other := loader.Account{Issuer: "https://other.example", Subject: "1", Email: "ann@example.COM", Image: "https://other.example/a.png"}
		linked := signIn(t, db, other, viewers)
		if linked.ID != first.ID || linked.Name != first.Name || linked.Image != other.Image {
			t.Errorf("the same address at another provider is %+v", linked)
		}
		if raised := signIn(t, db, other, loader.SignInRule{New: loader.RoleAdmin, Raise: true}); raised.Role != loader.RoleAdmin {
			t.Errorf("a raised user is %+v", raised)
		}
		if kept := signIn(t, db, other, loader.SignInRule{New: loader.RoleEditor, Raise: true}); kept.Role != loader.RoleAdmin {
			t.Errorf("signing in has taken a role away: %+v", kept)
		}
		if _, err := db.SignIn(ctx, account("2", "eve@example.com"), loader.SignInRule{}); !errors.Is(err, loader.ErrNotFound) {
			t.Errorf("somebody unknown: %v, want ErrNotFound", err)
		}
		users, err := db.Users(ctx)
		if err != nil || len(users) != 1 {
			t.Errorf("users %v, %v", users, err)
		}
		for name, a := range map[string]loader.Account{
			"no subject": {Issuer: "i", Email: "a@b"}, "no issuer": {Subject: "s", Email: "a@b"},
			"no address": {Issuer: "i", Subject: "s"}, "no text": {Issuer: "i", Subject: "s", Email: "a@b", Name: "\x00"},
		} {
			if _, err := db.SignIn(ctx, a, viewers); !errors.Is(err, loader.ErrInvalid) {
				t.Errorf("%s: %v, want ErrInvalid", name, err)
			}
		}
	})
}

// The same person signs in for the first time in several windows at once.
func TestSignInTwice(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, dsn string) {
		db := loadertest.Open(t, dsn)
		ids, failures := make([]string, 8), make([]error, 8)
		var all sync.WaitGroup
		for i := range ids {
			all.Go(func() {
				var user loader.User
				user, failures[i] = db.SignIn(context.Background(), account("1", "ann@example.com"), viewers)
				ids[i] = user.ID
			})
		}
		all.Wait()
		for i := range ids {
			if failures[i] != nil || ids[i] != ids[0] {
				t.Errorf("window %d is user %q, %v; want %q", i, ids[i], failures[i], ids[0])
			}
		}
	})
}

func TestLastAdmin(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, dsn string) {
		ctx := context.Background()
		db := loadertest.Open(t, dsn)
		admins := make([]loader.User, 4)
		for i := range admins {
			admins[i] = signIn(t, db, account(fmt.Sprint(i), fmt.Sprintf("%d@example.com", i)), loader.SignInRule{New: loader.RoleAdmin})
		}
		var all sync.WaitGroup
		failures := make([]error, len(admins))
		for i, admin := range admins { // all of them resign at once
			all.Go(func() { _, failures[i] = db.SetUserRole(ctx, admin.ID, loader.RoleViewer) })
		}
		all.Wait()
		refused := 0
		for _, err := range failures {
			if errors.Is(err, loader.ErrLastAdmin) {
				refused++
			} else if err != nil {
				t.Error(err)
			}
		}
		if refused != 1 {
			t.Errorf("%d were refused, want the last one: %v", refused, failures)
		}
		if _, err := db.SetUserRole(ctx, "nobody", loader.RoleAdmin); !errors.Is(err, loader.ErrNotFound) {
			t.Errorf("a user who is not there: %v", err)
		}
		if _, err := db.SetUserRole(ctx, admins[0].ID, "owner"); !errors.Is(err, loader.ErrInvalid) {
			t.Errorf("a role that is none: %v", err)
		}
		if editor, err := db.SetUserRole(ctx, admins[0].ID, loader.RoleEditor); failures[0] == nil && (err != nil || editor.Role != loader.RoleEditor) {
			t.Errorf("%+v, %v", editor, err)
		}
	})
}

// Users of an application that was taken over keep their rows, roles and ids.
func TestUsersOfPrisma(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	dsn := prisma(t)
	other := openLegacy(t, dsn)
	other.exec(`INSERT INTO users (id, email, role, created_at, updated_at) VALUES ('u2', 'odd@example.com', 'owner', 1767607872000, 1767607872000)`)
	const query = "SELECT id, email, name, image, role, email_verified, CAST(created_at AS TEXT) AS at, typeof(updated_at) AS kind FROM users WHERE id = 'u1'"
	before := other.rows(query)
	db := loadertest.Open(t, dsn)
	if err := db.CheckUsers(ctx); err != nil {
		t.Error(err)
	}
	if diff := cmp.Diff(before, other.rows(query)); diff != "" {
		t.Errorf("the migration has changed a user:\n%s", diff)
	}
	if user := signIn(t, db, account("1", "EDITOR@example.com"), viewers); user.ID != "u1" || user.Role != loader.RoleEditor || user.Name != "Ed" {
		t.Errorf("the editor is %+v", user)
	}
	if user, err := db.User(ctx, "u2"); err != nil || user.Role != loader.RoleViewer {
		t.Errorf("a user with a role of others is %+v, %v; want a viewer", user, err)
	}
	signIn(t, db, account("2", "new@example.com"), viewers)
	want := []string{`kinds="integer" `, `kinds="integer" `}
	if diff := cmp.Diff(want, other.rows("SELECT typeof(created_at) AS kinds FROM users WHERE id <> 'u1' ORDER BY id")); diff != "" {
		t.Errorf("times of a new user are not written like those of the others:\n%s", diff)
	}
}

// A table of users of other software is left alone, or gets what it lacks.
func TestTablesOfUsers(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		create string
		fits   bool
	}{
		"with ids that are numbers": {"CREATE TABLE users (id INTEGER PRIMARY KEY, login TEXT)", false},
		"that is a view":            {"CREATE VIEW users AS SELECT 'a' AS id", false},
		"without most columns":      {"CREATE TABLE users (id VARCHAR(40) PRIMARY KEY, email TEXT)", true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			onBoth(t, func(t *testing.T, dsn string) {
				ctx := context.Background()
				openLegacy(t, dsn).exec(c.create)
				db := loadertest.Open(t, dsn)
				switch err := db.CheckUsers(ctx); {
				case !c.fits && !errors.Is(err, loader.ErrSchema):
					t.Errorf("CheckUsers: %v, want ErrSchema", err)
				case c.fits && err != nil:
					t.Error(err)
				}
				if _, err := db.Posts(ctx); err != nil {
					t.Error(err)
				}
				if c.fits {
					signIn(t, db, account("1", "ann@example.com"), viewers)
				}
			})
		})
	}
}

func TestRoles(t *testing.T) {
	t.Parallel()
	var got []string
	for _, a := range append(loader.Roles(), "", "owner") {
		for _, b := range append(loader.Roles(), "", "owner") {
			if a.Includes(b) {
				got = append(got, string(a)+">"+string(b))
			}
		}
	}
	want := "viewer>viewer editor>viewer editor>editor admin>viewer admin>editor admin>admin"
	if strings.Join(got, " ") != want {
		t.Errorf("%v, want %s", got, want)
	}
}
