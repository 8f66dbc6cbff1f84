package editor

import (
	"errors"
	"net"
	"net/http"
	"net/netip"
)

// User is who makes a request.
type User struct {
	// ID identifies the user. It becomes the author of the versions that the user saves, unless there is a name.
	ID string `json:"id"`
	// Name is what people see. Empty means the ID.
	Name string `json:"name"`
}

// author is how a version names the user.
func (u User) author() string {
	if u.Name != "" {
		return u.Name
	}
	return u.ID
}

// Permissions say what a user may do. The zero value allows nothing. Edit and Publish are of use with View only.
type Permissions struct {
	// View allows to see workflows, versions and runs, to validate and to run dry.
	View bool `json:"view"`
	// Edit allows to create workflows, to rename them, and to save versions.
	Edit bool `json:"edit"`
	// Publish allows to change what runs: to publish versions, to turn workflows on and off, and to change their triggers.
	Publish bool `json:"publish"`
}

// Authorize says who makes a request and what the user may do. It is called for every request to the editor, pages and
// assets included, and every 15 seconds while a stream of events is open. It returns [ErrUnauthenticated] if nobody is
// signed in; any other error means that this cannot be found out. It must be safe for concurrent use, and should take
// the user from what the application's middleware has put into the request's context, or from a session cookie.
type Authorize func(r *http.Request) (User, Permissions, error)

var (
	// ErrUnauthenticated is returned by an [Authorize] function when nobody is signed in.
	ErrUnauthenticated = errors.New("nobody is signed in")

	errNoAuthorize = errors.New("the application has not said who may use the editor: set Authorize in the editor's configuration")
)

// refuse is the Authorize function of an editor that has none.
func refuse(*http.Request) (User, Permissions, error) {
	return User{}, Permissions{}, &apiError{status: http.StatusForbidden, code: codeForbidden, message: errNoAuthorize.Error()}
}

// Loopback is an [Authorize] function for first steps: who uses a browser on the machine itself, at localhost or a
// loopback address, may do everything, as the user "local". A request that names another host or was passed on by a
// proxy is refused, and so is one from elsewhere. Programs on the machine can use the editor too, whoever runs them: do
// not use it on a machine that you share.
func Loopback(r *http.Request) (User, Permissions, error) {
	if !fromLoopback(r) || !loopbackHost(r.Host) {
		return User{}, Permissions{}, &apiError{
			status: http.StatusForbidden, code: codeForbidden, message: "the editor can be used on the machine itself only, as http://localhost",
		}
	}
	return User{ID: "local", Name: "local"}, Permissions{View: true, Edit: true, Publish: true}, nil
}

func fromLoopback(r *http.Request) bool {
	for _, name := range []string{"Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Real-Ip"} {
		if r.Header.Get(name) != "" {
			return false
		}
	}
	address, err := netip.ParseAddrPort(r.RemoteAddr)
	return err == nil && address.Addr().Unmap().IsLoopback()
}

// loopbackHost keeps out pages whose name a stranger has made resolve to this machine.
func loopbackHost(hostport string) bool {
	host, _, err := net.SplitHostPort(hostport)
	if err != nil {
		host = hostport
	}
	if host == "localhost" {
		return true
	}
	address, err := netip.ParseAddr(trimBrackets(host))
	return err == nil && address.Unmap().IsLoopback()
}

func trimBrackets(host string) string {
	if len(host) > 2 && host[0] == '[' && host[len(host)-1] == ']' {
		return host[1 : len(host)-1]
	}
	return host
}
