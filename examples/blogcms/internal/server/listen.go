package server

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"time"

	"github.com/workflowkit/workflowkit-go/examples/blogcms/internal/cms"
)

const (
	// shutdownTimeout is how long requests may take to finish once the process is asked to stop.
	shutdownTimeout = 10 * time.Second
	// headerTimeout is how long a client may take to send the header of a request.
	headerTimeout = 10 * time.Second
)

// listeners are where the application is reached: by people, and by Inngest.
type listeners struct {
	public net.Listener
	// private is a listener on loopback for the Inngest inside the process, whose calls are not answered from
	// elsewhere. It is nil if the public one can be reached on loopback, or if there is no such Inngest.
	private net.Listener
}

func listen(ctx context.Context, host, port string, embedded bool) (*listeners, error) {
	config := &net.ListenConfig{}
	public, err := config.Listen(ctx, "tcp", net.JoinHostPort(host, port))
	if err != nil {
		return nil, fmt.Errorf("HOST and PORT choose where to listen: %w", err)
	}
	l := &listeners{public: public}
	if ip := addressOf(public).IP; embedded && !ip.IsLoopback() && !ip.IsUnspecified() {
		if l.private, err = config.Listen(ctx, "tcp", "127.0.0.1:0"); err != nil {
			return nil, errors.Join(err, public.Close())
		}
	}
	return l, nil
}

// close is for what is never served.
func (l *listeners) close() error {
	err := l.public.Close()
	if l.private != nil {
		err = errors.Join(err, l.private.Close())
	}
	return err
}

func addressOf(l net.Listener) *net.TCPAddr { return l.Addr().(*net.TCPAddr) }

// url is the address of the application for people on this machine.
func (l *listeners) url() string { return urlOf(l.public) }

// ownURL is the address of the application if only this machine can reach it. Otherwise it is empty: what others call it
// cannot be known.
func (l *listeners) ownURL() string {
	if !addressOf(l.public).IP.IsLoopback() {
		return ""
	}
	return l.url()
}

// serveURL is where Inngest calls the application.
func (l *listeners) serveURL() string {
	if l.private != nil {
		return urlOf(l.private) + cms.ServePath
	}
	return urlOf(l.public) + cms.ServePath
}

func urlOf(l net.Listener) string {
	address := *addressOf(l)
	if address.IP.IsUnspecified() {
		address.IP = net.IPv4(127, 0, 0, 1)
	}
	return "http://" + address.String()
}

// serve answers requests and calls started, until ctx ends. The context of started ends with it, and serve waits for
// its return.
func (l *listeners) serve(ctx context.Context, app *cms.App, logger *slog.Logger, started func(ctx context.Context)) error {
	server := &http.Server{
		Handler: app.Handler(), ReadHeaderTimeout: headerTimeout, ErrorLog: slog.NewLogLogger(logger.Handler(), slog.LevelWarn),
	}
	server.RegisterOnShutdown(app.Close) // streams that pages read would not end by themselves
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	failed := make(chan error, 2)
	var running sync.WaitGroup
	for _, listener := range []net.Listener{l.public, l.private} {
		if listener == nil {
			continue
		}
		running.Go(func() {
			if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
				failed <- err
				stop()
			}
		})
	}
	running.Go(func() { started(ctx) })
	<-ctx.Done()
	logger.InfoContext(ctx, "blogcms stops")
	stop()
	limited, cancel := context.WithTimeout(context.WithoutCancel(ctx), shutdownTimeout)
	defer cancel()
	err := server.Shutdown(limited)
	if err != nil {
		err = errors.Join(fmt.Errorf("requests were cut off after %v: %w", shutdownTimeout, err), server.Close())
	}
	running.Wait()
	close(failed)
	for failure := range failed {
		err = errors.Join(err, failure)
	}
	return err
}
