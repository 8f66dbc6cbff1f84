package server

import (
	"cmp"
	"context"
	"fmt"
	"log/slog"
	"net/url"
	"strings"
	"time"

	"github.com/workflowkit/workflowkit-go/examples/blogcms/internal/access"
	"github.com/workflowkit/workflowkit-go/loader"
)

// pruneInterval is how often sessions that are over are deleted.
const pruneInterval = time.Hour

// newAccess chooses how people sign in.
func newAccess(ctx context.Context, env settings, db *loader.DB, address string, logger *slog.Logger) (*access.Access, error) {
	providers, err := providersOf(env)
	if err != nil {
		return nil, err
	}
	if len(providers) > 0 {
		if err := db.CheckUsers(ctx); err != nil {
			return nil, err
		}
	}
	people, err := access.New(access.Config{
		DB: db, Providers: providers, BaseURL: cmp.Or(env.get("APP_URL"), address), Logger: logger,
		Admins: listOf(env.get("AUTH_ADMINS")), Allowed: listOf(env.get("AUTH_ALLOWED")),
	})
	if err != nil {
		return nil, err
	}
	if people.Local() {
		logger.InfoContext(ctx, "no sign-in is set up, so whoever uses a browser on this machine is an admin, and nobody else gets in")
		return people, nil
	}
	return people, tellOfAccess(ctx, people, env, db, logger)
}

func providersOf(env settings) ([]access.Provider, error) {
	var out []access.Provider
	if issuer := env.get("OIDC_ISSUER"); issuer != "" {
		name := issuer
		if u, err := url.Parse(issuer); err == nil && u.Host != "" {
			name = u.Hostname()
		}
		out = append(out, access.Provider{
			ID: "oidc", Name: cmp.Or(env.get("OIDC_NAME"), name), Issuer: issuer,
			ClientID: env.get("OIDC_CLIENT_ID"), ClientSecret: env.get("OIDC_CLIENT_SECRET"),
		})
	} else if env.get("OIDC_CLIENT_ID") != "" {
		return nil, fmt.Errorf("OIDC_CLIENT_ID is set and OIDC_ISSUER is not: set both, or neither")
	}
	if id := env.get("GOOGLE_CLIENT_ID"); id != "" {
		out = append(out, access.Provider{
			ID: "google", Name: "Google", Issuer: access.GoogleIssuer, ClientID: id, ClientSecret: env.get("GOOGLE_CLIENT_SECRET"),
		})
	}
	return out, nil
}

// tellOfAccess warns of settings that work and are probably not meant.
func tellOfAccess(ctx context.Context, people *access.Access, env settings, db *loader.DB, logger *slog.Logger) error {
	if env.get("AUTH_ALLOWED") == "" {
		logger.WarnContext(ctx, "everybody with an account of a sign-in provider can read all posts: set AUTH_ALLOWED to those who may")
	}
	if people.HasAdmins() {
		return nil
	}
	users, err := db.Users(ctx)
	if err != nil {
		return err
	}
	for _, user := range users {
		if user.Role == loader.RoleAdmin {
			return nil
		}
	}
	logger.WarnContext(ctx, "there is no admin, so nobody can give roles: set AUTH_ADMINS to the e-mail address of one")
	return nil
}

func listOf(text string) []string {
	var out []string
	for _, part := range strings.Split(text, ",") {
		if part = strings.TrimSpace(part); part != "" {
			out = append(out, part)
		}
	}
	return out
}

// prune deletes sessions that are over, now and then, until ctx ends.
func prune(ctx context.Context, people *access.Access, logger *slog.Logger) {
	if people.Local() {
		return
	}
	tick := time.NewTicker(pruneInterval)
	defer tick.Stop()
	for {
		if err := people.Prune(ctx); err != nil && ctx.Err() == nil {
			logger.WarnContext(ctx, "sessions that are over were not deleted", "error", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}
