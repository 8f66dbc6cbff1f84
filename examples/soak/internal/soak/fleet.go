package soak

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"math/rand"
	"net"
	"os"
	"os/exec"
	"sync"
	"syscall"
	"time"
)

// fleet is the replicas, each a process that is started again whenever it dies.
type fleet struct {
	settings []replicaSettings
	logger   *slog.Logger

	mu        sync.Mutex
	processes []*exec.Cmd
	killed    int
	replaced  int
}

// newFleet chooses addresses for replicas. The first has an older catalogue, the next two have clocks that are wrong.
func newFleet(ctx context.Context, config Config, common replicaSettings) (*fleet, error) {
	f := &fleet{logger: config.Logger, processes: make([]*exec.Cmd, config.Replicas)}
	for i := range config.Replicas {
		s := common
		s.Index, s.Older = i, i == 0
		switch i {
		case 1:
			s.Skew = config.Skew
		case 2:
			s.Skew = -config.Skew
		}
		listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
		if err != nil {
			return nil, err
		}
		s.Listen = listener.Addr().String()
		if err := listener.Close(); err != nil {
			return nil, err
		}
		f.settings = append(f.settings, s)
	}
	return f, nil
}

func (f *fleet) addresses() []string {
	var list []string
	for _, s := range f.settings {
		list = append(list, s.Listen)
	}
	return list
}

// run keeps a replica alive until ctx ends.
func (f *fleet) run(ctx context.Context, i int) error {
	for ctx.Err() == nil {
		if err := f.runOnce(ctx, i); err != nil {
			return err
		}
	}
	return nil
}

// runOnce starts a replica and waits for its end. A process that fails without having been killed is an error.
func (f *fleet) runOnce(ctx context.Context, i int) error {
	raw, err := json.Marshal(f.settings[i])
	if err != nil {
		return err
	}
	executable, err := os.Executable()
	if err != nil {
		return err
	}
	cmd := exec.CommandContext(ctx, executable)
	cmd.Env = append(os.Environ(), replicaVariable+"="+string(raw))
	cmd.Stderr = os.Stderr
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGTERM) }
	cmd.WaitDelay = 20 * time.Second
	if err := cmd.Start(); err != nil {
		return fmt.Errorf("start replica %d: %w", i, err)
	}
	f.mu.Lock()
	f.processes[i] = cmd
	f.mu.Unlock()
	err = cmd.Wait()
	f.mu.Lock()
	f.processes[i] = nil
	f.mu.Unlock()
	// A signal is what it was killed by: one that asks it to stop kills as well, if it comes before the process listens.
	status, ok := cmd.ProcessState.Sys().(syscall.WaitStatus)
	if err != nil && ctx.Err() == nil && (!ok || !status.Signaled()) {
		return fmt.Errorf("replica %d: %w", i, err)
	}
	return nil
}

// reap kills replicas at random until ctx ends: most without notice, some as a deployment does.
func (f *fleet) reap(ctx context.Context, seed int64, average time.Duration) {
	random := rand.New(rand.NewSource(seed)) //nolint:gosec // repeatable on purpose
	for {
		pause := time.NewTimer(time.Duration(float64(average) * (0.5 + random.Float64())))
		select {
		case <-ctx.Done():
			pause.Stop()
			return
		case <-pause.C:
		}
		i, notice := random.Intn(len(f.settings)), random.Intn(4) == 0
		f.mu.Lock()
		if process := f.processes[i]; process != nil {
			signal := syscall.SIGKILL
			if notice {
				signal = syscall.SIGTERM
			}
			if process.Process.Signal(signal) == nil {
				f.logger.Debug("a replica dies", "replica", i, "notice", notice)
				if notice {
					f.replaced++
				} else {
					f.killed++
				}
			}
		}
		f.mu.Unlock()
	}
}
