package local

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net"
	"net/http"
	"sync"
	"time"
)

// ErrClosed is what methods of a [Server] return after Close.
var ErrClosed = errors.New("the local Inngest server is closed")

// Server is an Inngest in memory. Its methods are safe for concurrent use.
type Server struct {
	cfg     Config
	clock   Clock
	virtual *VirtualClock // the clock, if it is one
	log     *slog.Logger
	limits  Limits
	client  *http.Client
	ownHTTP bool
	key     signingKey

	gateway *gateway

	http *http.Server
	url  string
	ctx  context.Context
	stop context.CancelFunc
	wg   sync.WaitGroup

	mu         sync.Mutex
	closed     bool
	changed    chan struct{}
	rng        *rand.Rand
	apps       map[string]*app
	functions  map[string]*function
	events     map[string]*event
	runs       map[string]*run
	order      []*run
	dedupe     map[string]time.Time // by function and event id
	pauses     map[string][]*pause  // by event name
	invokes    map[string]*pause    // by correlation id
	singletons map[string]*run
	debounces  map[string]*debounced
	batches    map[string]*collected
	timers     map[string]func() // stop schedules
	rates      map[string]*bucket
	slots      map[string]int
	faults     []Fault

	queue     jobHeap
	ready     []*job
	nextRank  uint64
	nextSeq   uint64
	inflight  int
	stopTimer func()
}

// Start starts a server. Close stops it.
func Start(cfg Config) (*Server, error) {
	key, err := newSigningKey(cfg.SigningKey)
	if err != nil {
		return nil, err
	}
	addr := cfg.Addr
	if addr == "" {
		addr = "127.0.0.1:0"
	}
	listener, err := new(net.ListenConfig).Listen(context.Background(), "tcp", addr)
	if err != nil {
		return nil, fmt.Errorf("listening for the local Inngest server: %w", err)
	}
	ctx, stop := context.WithCancel(context.Background())
	s := &Server{
		cfg: cfg, clock: cfg.Clock, log: cfg.Logger, limits: cfg.Limits.withDefaults(), client: cfg.HTTPClient, key: key,
		url: "http://" + listener.Addr().String(), ctx: ctx, stop: stop,
		gateway: newGateway(),
		changed: make(chan struct{}), rng: rand.New(rand.NewPCG(uint64(cfg.Faults.Seed), 0x1a)),
		apps: map[string]*app{}, functions: map[string]*function{}, events: map[string]*event{}, runs: map[string]*run{},
		dedupe: map[string]time.Time{}, pauses: map[string][]*pause{}, invokes: map[string]*pause{},
		singletons: map[string]*run{}, debounces: map[string]*debounced{}, batches: map[string]*collected{}, timers: map[string]func(){},
		rates: map[string]*bucket{}, slots: map[string]int{},
	}
	if s.clock == nil {
		s.clock = realClock{}
	}
	if s.log == nil {
		s.log = slog.New(slog.DiscardHandler)
	}
	if s.client == nil {
		s.client, s.ownHTTP = &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 64}}, true
	}
	if virtual, ok := s.clock.(*VirtualClock); ok {
		s.virtual = virtual
		virtual.attach(s)
	}
	s.http = &http.Server{Handler: s.routes(), ErrorLog: slog.NewLogLogger(s.log.Handler(), slog.LevelWarn)}
	s.wg.Go(func() { _ = s.http.Serve(listener) }) // always ends with an error, that of Close
	s.log.Info("local Inngest listens", "url", s.url, "signed", key.set(), "virtual_clock", s.virtual != nil)
	return s, nil
}

// URL returns the address of the server without a trailing slash, which is what an app needs as its API base URL and its
// event API base URL.
func (s *Server) URL() string { return s.url }

// Close stops the server: calls in progress are cut off, nothing more is called, and no goroutine is left. Runs stay
// readable. Closing twice is fine.
func (s *Server) Close() error {
	s.mu.Lock()
	if s.closed {
		s.mu.Unlock()
		return nil
	}
	s.closed = true
	s.setTimer()
	for _, f := range s.functions {
		s.unplan(f)
	}
	s.broadcast()
	s.mu.Unlock()
	if s.virtual != nil {
		s.virtual.detach(s)
	}
	s.stop()
	s.gateway.close()
	err := s.http.Close()
	s.wg.Wait()
	if s.ownHTTP {
		s.client.CloseIdleConnections()
	}
	if err != nil {
		return fmt.Errorf("closing the local Inngest server: %w", err)
	}
	return nil
}
