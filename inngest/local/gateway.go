package local

import (
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/coder/websocket"

	"github.com/workflowkit/workflowkit-go/inngest/internal/connectwire"
)

// Times of connections. They are those of the machine, because workers live in real time.
const (
	gatewayHeartbeat = time.Second
	gatewayLease     = time.Second
	leaseDuration    = 5 * gatewayLease
	helloTimeout     = 5 * time.Second
)

// gatewayGroups are the names of the gateways that the server pretends to have.
var gatewayGroups = []string{"gateway-1", "gateway-2"}

// gateway holds the connections of workers.
type gateway struct {
	mu      sync.Mutex
	tokens  map[string]bool // of sessions that have not connected yet
	workers []*connectedWorker
	waiting map[string]*forwarded
	changed chan struct{} // closed when a worker has connected
	closed  bool
	wg      sync.WaitGroup // connections
}

func newGateway() *gateway {
	return &gateway{tokens: map[string]bool{}, waiting: map[string]*forwarded{}, changed: make(chan struct{})}
}

// handleConnectStart tells a worker where to connect to.
func (s *Server) handleConnectStart(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(io.LimitReader(r.Body, 1<<20))
	if err != nil {
		writeError(w, http.StatusBadRequest, "could not read request body")
		return
	}
	in, err := connectwire.ParseStartRequest(body)
	if err != nil {
		writeError(w, http.StatusBadRequest, "could not unmarshal request")
		return
	}
	group := gatewayGroups[0]
	for _, g := range gatewayGroups {
		if !slices.Contains(in.ExcludeGateways, g) {
			group = g
			break
		}
	}
	raw := make([]byte, 16)
	_, _ = rand.Read(raw) // never fails
	token := hex.EncodeToString(raw)
	s.gateway.mu.Lock()
	s.gateway.tokens[token] = true
	s.gateway.mu.Unlock()
	w.Header().Set("Content-Type", "application/octet-stream")
	_, _ = w.Write(connectwire.StartResponse{
		ConnectionID: s.newConnectionID(), GatewayEndpoint: "ws" + strings.TrimPrefix(s.url, "http") + "/v0/connect/" + group,
		GatewayGroup: group, SessionToken: token, SyncToken: "sync",
	}.Marshal())
}

func (s *Server) newConnectionID() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.newID()
}

// handleConnectFlush takes an answer that could not be sent over a connection.
func (s *Server) handleConnectFlush(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil || len(body) == 0 {
		writeError(w, http.StatusBadRequest, "missing request body")
		return
	}
	response, err := connectwire.ParseResponse(body)
	if err != nil {
		writeError(w, http.StatusBadRequest, "could not unmarshal request")
		return
	}
	s.gateway.reply(response)
	w.Header().Set("Content-Type", "application/octet-stream")
	_, _ = w.Write(connectwire.ReplyAck{RequestID: response.RequestID}.Marshal())
}

// handleConnect is a gateway: it serves one connection until that ends.
func (s *Server) handleConnect(w http.ResponseWriter, r *http.Request) {
	ws, err := websocket.Accept(w, r, &websocket.AcceptOptions{Subprotocols: []string{connectwire.Subprotocol}})
	if err != nil {
		return
	}
	defer func() { _ = ws.CloseNow() }()
	ws.SetReadLimit(int64(s.limits.ResponseBody))
	c := &connectedWorker{server: s, ws: ws, group: r.PathValue("group")}
	if reason, err := c.introduce(); err != nil {
		s.log.Warn("worker refused", "reason", reason, "error", err)
		_ = ws.Close(websocket.StatusPolicyViolation, reason)
		return
	}
	if !s.gateway.add(c) {
		return
	}
	defer s.gateway.remove(c)
	if c.send(connectwire.GatewayReady, connectwire.Ready{
		HeartbeatInterval: gatewayHeartbeat.String(), ExtendLeaseInterval: gatewayLease.String(),
	}.Marshal()) == nil {
		s.log.Info("worker connected", "app", c.app, "instance", c.instance, "gateway", c.group)
		c.read()
	}
}

// syncConnected registers the functions of an app that is connected.
func (s *Server) syncConnected(app connectwire.App) error {
	var functions []json.RawMessage
	if err := json.Unmarshal(app.Functions, &functions); err != nil {
		return fmt.Errorf("functions of app %q: %w", app.Name, err)
	}
	return s.sync(syncRequest{URL: "ws://connect", AppName: app.Name, Functions: functions})
}

func (g *gateway) add(c *connectedWorker) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.closed {
		return false
	}
	g.workers = append(g.workers, c)
	g.wg.Add(1)
	close(g.changed)
	g.changed = make(chan struct{})
	return true
}

func (g *gateway) remove(c *connectedWorker) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.wg.Done()
	g.workers = slices.DeleteFunc(g.workers, func(other *connectedWorker) bool { return other == c })
}

func (g *gateway) all() []*connectedWorker {
	g.mu.Lock()
	defer g.mu.Unlock()
	return slices.Clone(g.workers)
}

// close cuts all connections, and lets no more be made.
func (g *gateway) close() {
	g.mu.Lock()
	g.closed = true
	g.mu.Unlock()
	for _, c := range g.all() {
		_ = c.ws.CloseNow()
	}
	g.wg.Wait()
}

// DisconnectWorkers cuts the connections of all workers, as a network does that fails. They may connect again.
func (s *Server) DisconnectWorkers() {
	for _, c := range s.gateway.all() {
		_ = c.ws.CloseNow()
	}
}

// DrainGateway tells all workers to connect to another gateway, as one does that is about to be replaced: they get no
// more calls over the connections that they have, and may still answer those in progress.
func (s *Server) DrainGateway() {
	for _, c := range s.gateway.all() {
		c.pause()
		_ = c.send(connectwire.GatewayClosing, nil)
	}
}
