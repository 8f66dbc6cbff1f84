package cms

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/workflowkit/workflowkit-go/examples/blogcms/internal/access"
	"github.com/workflowkit/workflowkit-go/examples/blogcms/internal/limit"
	"github.com/workflowkit/workflowkit-go/loader"
)

// Limits bound how often somebody may do what costs something. They count in each process by itself.
type Limits struct {
	// SignIns are requests of people who sign in, for each address: to leave for the provider, and to come back. The zero value
	// means 20 at once and one more every 3 seconds.
	SignIns limit.Rate
	// Starts are decisions that start workflows, which ask the text model, for each person. The zero value means 30 at once
	// and one more every 2 seconds.
	Starts limit.Rate
	// LocalStarts is the same for the local admin, who pays for the text model and may be a program that tries things out.
	// The zero value means 200 at once and two more every second.
	LocalStarts limit.Rate
}

func (l Limits) withDefaults() Limits {
	if l.SignIns == (limit.Rate{}) {
		l.SignIns = limit.Rate{Burst: 20, Every: 3 * time.Second}
	}
	if l.Starts == (limit.Rate{}) {
		l.Starts = limit.Rate{Burst: 30, Every: 2 * time.Second}
	}
	if l.LocalStarts == (limit.Rate{}) {
		l.LocalStarts = limit.Rate{Burst: 200, Every: time.Second / 2}
	}
	return l
}

// bound counts what people do, and the local admin.
type bound struct{ people, local *limit.Limiter }

// rule is a handler and what it takes to reach it. Every route has one, so that no handler is reached without.
type rule struct {
	handler http.Handler
	// need is the role that it takes. Empty means that everybody may, signed in or not.
	need loader.Role
	// counted bounds how often a person, or an address if nobody is signed in, may do it. Nil means no bound.
	counted *bound
}

func everybody(handler http.Handler) rule { return rule{handler: handler} }
func viewers(handler http.Handler) rule   { return rule{handler: handler, need: loader.RoleViewer} }
func editors(handler http.Handler) rule   { return rule{handler: handler, need: loader.RoleEditor} }
func admins(handler http.Handler) rule    { return rule{handler: handler, need: loader.RoleAdmin} }

// limited adds a bound.
func (r rule) limited(by bound) rule {
	r.counted = &by
	return r
}

// enter answers a request by the rule's handler, if whoever makes it may.
func (a *App) enter(to rule, w http.ResponseWriter, r *http.Request, fail failing) {
	person, err := a.access.Identify(r)
	if err == nil {
		r = r.WithContext(context.WithValue(r.Context(), personKey{}, person))
	}
	key := "person/" + person.ID
	switch {
	case to.need == "":
		key = "address/" + access.ClientAddress(r)
	case err != nil:
		fail(w, r, err)
		return
	case !person.May(to.need):
		fail(w, r, &failure{
			Status: http.StatusForbidden, Code: codeForbidden,
			Message: "your role is " + string(person.Role) + ", and this takes the role " + string(to.need) + "; ask an admin for it",
		})
		return
	}
	if to.counted != nil {
		limiter := to.counted.people
		if person.Local {
			limiter = to.counted.local
		}
		if ok, wait := limiter.Allow(key); !ok {
			fail(w, r, tooMany(wait))
			return
		}
	}
	to.handler.ServeHTTP(w, r)
}

type personKey struct{}

// personOf returns who makes a request, and false if nobody is signed in.
func personOf(r *http.Request) (access.Person, bool) {
	person, ok := r.Context().Value(personKey{}).(access.Person)
	return person, ok
}

// accessFailure returns what to show for an error of package access, or nil.
func accessFailure(err error) *failure {
	var no *access.RefusedError
	switch {
	case errors.Is(err, access.ErrSignIn):
		return &failure{Status: http.StatusUnauthorized, Code: codeUnauthenticated, Message: err.Error()}
	case errors.Is(err, access.ErrElsewhere):
		return &failure{Status: http.StatusForbidden, Code: codeForbidden, Message: err.Error()}
	case errors.As(err, &no):
		return &failure{Status: http.StatusForbidden, Code: codeForbidden, Message: no.Message, cause: no.Cause}
	case errors.Is(err, access.ErrNoProvider):
		return notFound("%v", access.ErrNoProvider)
	case errors.Is(err, access.ErrProvider):
		return &failure{Status: http.StatusBadGateway, Code: codeExternal, Message: access.ErrProvider.Error(), cause: err}
	}
	return nil
}
