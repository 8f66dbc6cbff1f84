package soak

import (
	"bytes"
	"errors"
	"io"
	"log/slog"
	"math/rand/v2"
	"net"
	"net/http"
	"net/http/httptest"
	"time"
)

// balancer stands in front of the replicas. A call goes to any of them; one that cannot be reached is passed over, and an
// answer that breaks off is the caller's problem, as with any load balancer.
type balancer struct {
	*httptest.Server
	replicas []string // addresses
	client   *http.Client
	logger   *slog.Logger
}

func newBalancer(replicas []string, logger *slog.Logger) *balancer {
	b := &balancer{
		replicas: replicas, logger: logger,
		// A connection that is kept would be one to a process that may be gone.
		client: &http.Client{Transport: &http.Transport{DisableKeepAlives: true}, Timeout: time.Minute},
	}
	b.Server = httptest.NewServer(b)
	return b
}

// ServeHTTP implements http.Handler.
func (b *balancer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	for _, i := range rand.Perm(len(b.replicas)) {
		answer, err := b.pass(r, b.replicas[i], body)
		var network *net.OpError
		if errors.As(err, &network) && network.Op == "dial" {
			continue
		}
		if err != nil {
			b.logger.Debug("a replica died on a call", "replica", i, "error", err)
			w.WriteHeader(http.StatusBadGateway)
			return
		}
		for name, values := range answer.header {
			w.Header()[name] = values
		}
		w.WriteHeader(answer.status)
		_, _ = w.Write(answer.body)
		return
	}
	w.WriteHeader(http.StatusServiceUnavailable)
}

type answer struct {
	status int
	header http.Header
	body   []byte
}

// pass returns the whole answer of a replica: half of one would look like an answer.
func (b *balancer) pass(r *http.Request, address string, body []byte) (*answer, error) {
	req := r.Clone(r.Context())
	req.RequestURI, req.URL.Scheme, req.URL.Host = "", "http", address
	req.Body, req.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
	resp, err := b.client.Do(req)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	raw, err := io.ReadAll(resp.Body)
	if err != nil {
		return nil, err
	}
	return &answer{resp.StatusCode, resp.Header, raw}, nil
}
