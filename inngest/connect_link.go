package inngest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"runtime"
	"sync"
	"time"

	"github.com/coder/websocket"
	"github.com/inngest/inngestgo"

	"github.com/workflowkit/workflowkit-go/inngest/internal/connectwire"
)

const (
	connectTimeout      = 10 * time.Second
	gatewayReadyTimeout = 20 * time.Second
	linkWriteTimeout    = 10 * time.Second
	// linkReadLimit bounds a message of the gateway: the server sends at most 4 MiB of state.
	linkReadLimit = 16 << 20
	// missedHeartbeats is after how many unanswered ones a connection is dead.
	missedHeartbeats = 2
)

// link is one connection to a gateway.
type link struct {
	worker *worker
	ws     *websocket.Conn
	id     string
	group  string

	heartbeats, leases time.Duration

	closed   chan struct{} // the connection is gone
	replaced chan struct{} // the gateway wants the worker to go elsewhere

	mu      sync.Mutex
	reason  error
	pending int // heartbeats without an answer
}

// connect finds a gateway and introduces the worker to it.
func (w *worker) connect(ctx context.Context, exclude string) (*link, error) {
	ctx, cancel := context.WithTimeout(ctx, connectTimeout+gatewayReadyTimeout)
	defer cancel()
	started := time.Now()
	start, err := w.findGateway(ctx, exclude)
	if err != nil {
		return nil, err
	}
	dial, cancelDial := context.WithTimeout(ctx, connectTimeout)
	defer cancelDial()
	endpoint := first(w.opts.GatewayURL, start.GatewayEndpoint)
	ws, resp, err := websocket.Dial(dial, endpoint, &websocket.DialOptions{
		HTTPClient: w.http, Subprotocols: []string{connectwire.Subprotocol},
	})
	if resp != nil && resp.Body != nil {
		_ = resp.Body.Close()
	}
	if err != nil {
		return nil, fmt.Errorf("connect to gateway %s: %w", redactURL(endpoint), err)
	}
	ws.SetReadLimit(linkReadLimit)
	l := &link{
		worker: w, ws: ws, id: start.ConnectionID, group: start.GatewayGroup,
		closed: make(chan struct{}), replaced: make(chan struct{}),
	}
	if err := l.introduce(ctx, start, started); err != nil {
		_ = ws.CloseNow()
		return nil, fmt.Errorf("connect to gateway %s: %w", redactURL(endpoint), refusal(err))
	}
	if !w.register(l) {
		_ = ws.CloseNow()
		return nil, context.Canceled
	}
	w.all.Go(l.read)
	w.all.Go(l.beat)
	return l, nil
}

// findGateway asks the server's API where to connect to.
func (w *worker) findGateway(ctx context.Context, exclude string) (connectwire.StartResponse, error) {
	var request connectwire.StartRequest
	if exclude != "" {
		request.ExcludeGateways = []string{exclude}
	}
	header := http.Header{inngestgo.HeaderKeyContentType: {"application/protobuf"}}
	raw, err := w.callAPIRaw(ctx, http.MethodPost, "/v0/connect/start", header, request.Marshal())
	var status *apiStatusError
	if errors.As(err, &status) && (status.status == http.StatusUnauthorized || status.status == http.StatusForbidden || status.status == http.StatusTooManyRequests) {
		return connectwire.StartResponse{}, fmt.Errorf("%w: %w", ErrConnectRefused, err)
	}
	if err != nil {
		return connectwire.StartResponse{}, fmt.Errorf("ask %s for a gateway: %w", redactURL(w.settings.apiURL), err)
	}
	return connectwire.ParseStartResponse(raw)
}

// introduce exchanges the first messages.
func (l *link) introduce(ctx context.Context, start connectwire.StartResponse, started time.Time) error {
	if _, err := l.expect(ctx, connectwire.GatewayHello); err != nil {
		return err
	}
	w := l.worker
	functions, err := w.describeConnected(ctx)
	if err != nil {
		return err
	}
	hello := connectwire.Connect{
		ConnectionID: start.ConnectionID, SessionToken: start.SessionToken, SyncToken: start.SyncToken, InstanceID: w.opts.InstanceID,
		Capabilities: []byte(`{"connect":"v1","in_band_sync":"v1","trust_probe":"v1"}`),
		Apps:         []connectwire.App{{Name: w.appID, Version: w.appVersion, Functions: functions}},
		CPUCores:     uint64(runtime.NumCPU()), OS: runtime.GOOS,
		Environment: w.settings.env, Framework: framework, Platform: w.settings.platform,
		SDKVersion: inngestgo.SDKVersion, SDKLanguage: inngestgo.SDKLanguage,
		StartedAt: started, MaxConcurrency: uint64(w.opts.MaxConcurrency),
	}
	if err := l.ws.Write(ctx, websocket.MessageBinary, connectwire.Message{Kind: connectwire.WorkerConnect, Payload: hello.Marshal()}.Marshal()); err != nil {
		return err
	}
	m, err := l.expect(ctx, connectwire.GatewayReady)
	if err != nil {
		return err
	}
	ready, err := connectwire.ParseReady(m.Payload)
	if err != nil {
		return err
	}
	l.heartbeats, l.leases = interval(ready.HeartbeatInterval, 10*time.Second), interval(ready.ExtendLeaseInterval, 5*time.Second)
	return nil
}

func interval(text string, otherwise time.Duration) time.Duration {
	if d, err := time.ParseDuration(text); err == nil && d > 0 {
		return d
	}
	return otherwise
}

// describeConnected returns the configuration of the functions as for workers that are connected: with an address that
// only says which function is meant.
func (c *Client) describeConnected(ctx context.Context) ([]byte, error) {
	described, err := c.describeFunctions(ctx, "http://connect.invalid")
	if err != nil {
		return nil, err
	}
	functions := make([]map[string]any, len(described))
	for i, raw := range described {
		if err := json.Unmarshal(raw, &functions[i]); err != nil {
			return nil, err
		}
		id, _ := functions[i]["id"].(string)
		address := "ws://connect?" + url.Values{"fnId": {id}, "stepId": {"step"}}.Encode()
		steps, _ := functions[i]["steps"].(map[string]any)
		if step, ok := steps["step"].(map[string]any); ok {
			step["runtime"] = map[string]any{"type": "ws", "url": address}
		}
	}
	return json.Marshal(functions)
}

// expect reads the next message, which must be of a kind.
func (l *link) expect(ctx context.Context, kind connectwire.Kind) (connectwire.Message, error) {
	m, err := l.next(ctx)
	if err == nil && m.Kind != kind {
		err = fmt.Errorf("gateway sent a message of kind %d where %d is due", m.Kind, kind)
	}
	return m, err
}

func (l *link) next(ctx context.Context) (connectwire.Message, error) {
	_, raw, err := l.ws.Read(ctx)
	if err != nil {
		return connectwire.Message{}, err
	}
	return connectwire.ParseMessage(raw)
}

// refusals are the reasons with which a gateway closes a connection for good.
var refusals = map[string]bool{
	"connect_authentication_failed": true, "connect_invalid_function_config": true, "connect_too_many_apps_per_connection": true,
	"connect_worker_hello_invalid_msg": true, "connect_worker_hello_invalid_payload": true,
}

// refusal makes an error that ends the worker of one that would come again.
func refusal(err error) error {
	var closed websocket.CloseError
	if errors.As(err, &closed) && refusals[closed.Reason] {
		return fmt.Errorf("%w: %s", ErrConnectRefused, closed.Reason)
	}
	return err
}
