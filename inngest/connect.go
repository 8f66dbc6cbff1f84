package inngest

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strconv"
	"time"
)

// ErrConnectRefused is returned by [Connect] when the server will not have the worker, whatever it tries: a signing key
// that it does not know, functions that it does not accept, too many connections.
var ErrConnectRefused = errors.New("the server refuses the connection")

// ConnectOpts are settings of [Connect]. The zero value is fine for most.
type ConnectOpts struct {
	// InstanceID names this process among the workers of the app; it should be the same after a restart. Empty means the
	// name of the machine.
	InstanceID string
	// MaxConcurrency is how many calls are executed at once; the server gives others to other workers. Zero means
	// INNGEST_CONNECT_MAX_WORKER_CONCURRENCY, and without it 1000.
	MaxConcurrency int
	// GatewayURL is where to connect to, if it differs from what the server says, as it does behind some proxies and in
	// containers: "ws://host.docker.internal:8289/v0/connect". Empty means INNGEST_CONNECT_GATEWAY_URL, and without it what
	// the server says.
	GatewayURL string
	// DrainTimeout is how long calls in progress may take to end once the context is over. After that they are cancelled,
	// and the server tries their steps again elsewhere. Zero means as long as it takes.
	DrainTimeout time.Duration
	// Ready is called whenever a connection is ready to take calls, from another goroutine. Nil means that nothing is.
	Ready func()
}

const defaultConnectConcurrency = 1000

// Connect executes the client's functions over an outbound connection to the server, for programs that nobody can call:
// behind a firewall, on a laptop, in a container without a name. The functions that have been registered by then run as
// they do behind [Client.Handler]; there is nothing to mount and nothing to sync.
//
// It goes on until ctx ends, and connects again whenever the connection breaks, or its gateway shuts down, for as long as
// that takes. When ctx ends it takes no more calls, lets those in progress come to the end of their step, delivers their
// answers, and returns nil. So a program that is to stop gracefully gives it the context of
// [os/signal.NotifyContext] with SIGTERM and waits for it. As calls end early from then on, see [Client.Drain], a
// client is of little use afterwards.
//
// When a gateway shuts down in the wrong moment it can give a call to a second worker although the first one has it, so as
// everywhere a step must be safe to repeat.
//
// An error that matches [ErrConnectRefused] says that trying again does not help. Answers of more than 8 MiB, which the
// server would not take over HTTP either, break the connection.
func Connect(ctx context.Context, client *Client, opts ConnectOpts) error {
	if client == nil {
		return errors.New("connect: client is nil")
	}
	if client.functionCount() == 0 {
		return errors.New("connect: no function is registered")
	}
	if err := opts.complete(client.getenv); err != nil {
		return fmt.Errorf("connect: %w", err)
	}
	w := newWorker(client, opts)
	if err := w.run(ctx); err != nil {
		return fmt.Errorf("connect app %q: %w", client.appID, err)
	}
	return nil
}

// complete applies the environment to what is left open.
func (o *ConnectOpts) complete(getenv func(string) string) error {
	if o.InstanceID == "" {
		o.InstanceID, _ = os.Hostname()
	}
	if o.InstanceID == "" {
		return errors.New("the machine has no name: set InstanceID")
	}
	if o.GatewayURL == "" {
		o.GatewayURL = getenv("INNGEST_CONNECT_GATEWAY_URL")
	}
	if text := getenv("INNGEST_CONNECT_MAX_WORKER_CONCURRENCY"); o.MaxConcurrency == 0 && text != "" {
		n, err := strconv.Atoi(text)
		if err != nil || n < 0 {
			return fmt.Errorf("INNGEST_CONNECT_MAX_WORKER_CONCURRENCY is %q, a number is needed", text)
		}
		o.MaxConcurrency = n
	}
	switch {
	case o.MaxConcurrency < 0:
		return fmt.Errorf("MaxConcurrency is %d, 0 or more is needed", o.MaxConcurrency)
	case o.MaxConcurrency == 0:
		o.MaxConcurrency = defaultConnectConcurrency
	}
	if o.DrainTimeout < 0 {
		return fmt.Errorf("DrainTimeout is %v, 0 or more is needed", o.DrainTimeout)
	}
	return nil
}
