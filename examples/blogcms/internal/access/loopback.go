package access

import (
	"net"
	"net/http"
	"net/netip"
	"strings"
)

// forwardingHeaders show that a request came through a proxy: the address of the connection is then the proxy's, and
// what the headers say about the real one can be made up.
var forwardingHeaders = []string{
	"Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Forwarded-Server", "X-Real-Ip", "Via",
	"Cf-Connecting-Ip", "True-Client-Ip", "X-Client-Ip", "X-Original-Host", "Ngrok-Agent-Ips",
}

// fromHere reports whether a request was made on this machine, to this machine by name. The name matters because a web
// page can make its own host name resolve to a loopback address.
func fromHere(r *http.Request) bool {
	for _, name := range forwardingHeaders {
		if len(r.Header.Values(name)) > 0 {
			return false
		}
	}
	address, err := netip.ParseAddrPort(r.RemoteAddr)
	return err == nil && address.Addr().Unmap().IsLoopback() && isLoopbackName(r.Host)
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

// ClientAddress returns the address of whoever makes a request, to count by. If the connection comes from a proxy on this
// machine or in a private network, it is the one that this proxy has seen: the last in X-Forwarded-For.
func ClientAddress(r *http.Request) string {
	address, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil {
		return r.RemoteAddr
	}
	client := address.Addr().Unmap()
	if forwarded := r.Header.Values("X-Forwarded-For"); len(forwarded) > 0 && (client.IsLoopback() || client.IsPrivate()) {
		all := strings.Split(forwarded[len(forwarded)-1], ",")
		if seen, err := netip.ParseAddr(strings.TrimSpace(all[len(all)-1])); err == nil {
			client = seen.Unmap()
		}
	}
	if client.Is6() { // one customer has at least a whole network
		if network, err := client.Prefix(64); err == nil {
			return network.String()
		}
	}
	return client.String()
}
