package inngest

import (
	"errors"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
)

// errNotLoopback is what a caller from elsewhere is told in a dev mode that nobody asked for.
var errNotLoopback = errors.New("this app is in dev mode only because neither keys nor INNGEST_DEV are set, and then " +
	"answers only callers on the same machine: set INNGEST_DEV=1 to accept others in dev mode, or INNGEST_SIGNING_KEY to " +
	"accept signed calls only")

// forwardingHeaders show that a request came through a proxy: the address of the connection is then the proxy's, and
// what the headers say about the real one can be made up.
var forwardingHeaders = []string{
	"Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Forwarded-Server", "X-Real-Ip", "Via",
	"Cf-Connecting-Ip", "True-Client-Ip", "X-Client-Ip", "X-Original-Host", "Ngrok-Agent-Ips",
}

// fromLoopback reports whether a request was made on this machine, to this machine by name. The name matters because a
// web page can make its own host name resolve to a loopback address.
func fromLoopback(r *http.Request, serveOrigin string) bool {
	for _, name := range forwardingHeaders {
		if len(r.Header.Values(name)) > 0 {
			return false
		}
	}
	address, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil || !address.Addr().Unmap().IsLoopback() {
		return false
	}
	if u, err := url.Parse(serveOrigin); err == nil && u.Host != "" && strings.EqualFold(u.Host, r.Host) {
		return true
	}
	return isLoopbackName(r.Host)
}

func isLoopbackName(hostport string) bool {
	host, _, err := net.SplitHostPort(hostport)
	if err != nil {
		host = hostport
	}
	host = strings.TrimSuffix(strings.ToLower(strings.Trim(host, "[]")), ".")
	if host == "localhost" || strings.HasSuffix(host, ".localhost") {
		return true
	}
	ip, err := netip.ParseAddr(host)
	return err == nil && ip.Unmap().IsLoopback()
}
