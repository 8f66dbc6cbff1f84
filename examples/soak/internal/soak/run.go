package soak

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/workflowkit/workflowkit-go/inngest"
	"github.com/workflowkit/workflowkit-go/inngest/local"
	"github.com/workflowkit/workflowkit-go/workflowkit"
)

const (
	// poll is how often the database is asked for questions and for the end.
	poll = 50 * time.Millisecond
	// resend is after what time an event that has had no effect is sent again.
	resend = 10 * time.Second
)

// Run starts a fleet, runs the workflows, and reports what became of them. An error means that this could not be found
// out. The process must call [RunReplica] if [IsReplica] says so.
func Run(ctx context.Context, config Config) (report *Report, err error) {
	if err := config.check(); err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, config.Timeout)
	defer cancel()
	begin := time.Now()
	common, stop, err := begun(config)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, stop()) }()
	ledger, err := openLedger(ctx, common.Database)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, ledger.close()) }()
	fleet, err := newFleet(ctx, config, common)
	if err != nil {
		return nil, err
	}
	balancer := newBalancer(fleet.addresses(), config.Logger)
	defer balancer.Close()
	for i := range fleet.settings {
		fleet.settings[i].URL = balancer.URL
	}
	client, err := inngest.NewClient(common.clientConfig(config.Logger))
	if err != nil {
		return nil, err
	}

	report = &Report{Seed: config.Seed, Faults: []string{}}
	r := &runner{config: config, client: client, ledger: ledger, begin: begin}
	if err := fleet.around(ctx, config, func(ctx context.Context) error { return r.work(ctx, report) }); err != nil {
		return nil, err
	}
	report.Killed, report.Replaced = fleet.killed, fleet.replaced
	report.Seconds = time.Since(begin).Round(time.Millisecond).Seconds()
	return report, report.judge(context.WithoutCancel(ctx), ledger, config.Runs)
}

// begun starts what the configuration does not name: an Inngest, and a database.
func begun(config Config) (common replicaSettings, stop func() error, err error) {
	common = replicaSettings{
		Inngest: config.Inngest, SigningKey: config.SigningKey, EventKey: config.EventKey,
		Database: config.Database, Seed: config.Seed, LogLevel: config.LogLevel,
	}
	stops := []func() error{}
	stop = func() error {
		var errs []error
		for i := len(stops) - 1; i >= 0; i-- {
			errs = append(errs, stops[i]())
		}
		return errors.Join(errs...)
	}
	if common.Database == "" {
		dir, err := os.MkdirTemp("", "soak")
		if err != nil {
			return common, nil, err
		}
		stops = append(stops, func() error { return os.RemoveAll(dir) })
		common.Database = filepath.Join(dir, "soak.db")
	}
	if common.Inngest == "" {
		common.SigningKey, common.EventKey = "signkey-test-5f6b0a2b5d1e4c3f8a9b7c6d5e4f3a2b1c0d9e8f7a6b5c4d3e2f1a0b9c8d7e6f", "soak"
		server, err := local.Start(local.Config{
			SigningKey: common.SigningKey, EventKey: common.EventKey, Logger: config.Logger,
			Backoff: func(int) time.Duration { return time.Second },
			Faults:  local.Faults{DuplicateDiscoveries: true, ShuffleSteps: true, Seed: config.Seed},
		})
		if err != nil {
			return common, nil, errors.Join(err, stop())
		}
		stops = append(stops, server.Close)
		common.Inngest = server.URL()
	}
	return common, stop, nil
}

// around runs work while the fleet is up, and stops the fleet.
func (f *fleet) around(ctx context.Context, config Config, work func(ctx context.Context) error) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var running sync.WaitGroup
	errs := make([]error, len(f.settings))
	for i := range f.settings {
		running.Go(func() {
			if errs[i] = f.run(ctx, i); errs[i] != nil {
				cancel(errs[i])
			}
		})
	}
	if config.Kill > 0 {
		running.Go(func() { f.reap(ctx, config.Seed, config.Kill) })
	}
	err := work(ctx)
	cancel(nil)
	running.Wait()
	return errors.Join(err, errors.Join(errs...))
}

// runner starts runs, answers questions and waits for the end.
type runner struct {
	config Config
	client *inngest.Client
	ledger *ledger
	begin  time.Time
}

func (r *runner) work(ctx context.Context, report *Report) error {
	if err := r.await(ctx); err != nil {
		return err
	}
	ticker := time.NewTicker(poll)
	defer ticker.Stop()
	next, again := time.Now(), time.Now().Add(resend)
	for {
		for ; report.Started < r.config.Runs && !time.Now().Before(next); next = next.Add(r.config.Every) {
			sent, err := r.send(ctx, r.startOf(report.Started))
			if err != nil {
				return err
			}
			if !sent {
				break // the same event is sent again with the next tick
			}
			report.Started++
		}
		if time.Now().After(again) {
			if err := r.repeat(ctx, report); err != nil {
				return err
			}
			again = time.Now().Add(resend)
		}
		if err := r.answer(ctx); err != nil {
			return err
		}
		var err error
		if report.Finished, err = r.ledger.finished(ctx); err != nil {
			return err
		}
		if report.Finished == r.config.Runs {
			return nil
		}
		select {
		case <-ticker.C:
		case <-ctx.Done():
			if cause := context.Cause(ctx); !errors.Is(cause, context.DeadlineExceeded) {
				return cause
			}
			report.fault("%d of %d runs had not ended after %v", r.config.Runs-report.Finished, r.config.Runs, r.config.Timeout)
			return nil
		}
	}
}

// await waits until the server knows the app, so that no event comes too early.
func (r *runner) await(ctx context.Context) error {
	ticker := time.NewTicker(poll)
	defer ticker.Stop()
	for {
		if yes, err := r.ledger.registered(ctx); yes || err != nil {
			return err
		}
		select {
		case <-ticker.C:
		case <-ctx.Done():
			return fmt.Errorf("no replica has registered the app: %w", context.Cause(ctx))
		}
	}
}

// startOf returns the event that starts a run. It is the same however often it is made, so it starts one.
func (r *runner) startOf(number int) workflowkit.Event {
	return workflowkit.Event{
		ID: fmt.Sprintf("soak-%d-%d-%d", r.config.Seed, r.begin.UnixNano(), number), Name: startEvent,
		Data: json.RawMessage(fmt.Sprintf(`{"number":%d}`, number)),
	}
}

// send sends an event, and reports false if the server cannot be reached at the moment.
func (r *runner) send(ctx context.Context, event workflowkit.Event) (sent bool, err error) {
	_, err = r.client.Send(ctx, event)
	var failed *inngest.SendError
	if errors.As(err, &failed) && failed.Retryable && ctx.Err() == nil {
		r.config.Logger.Warn("the server is away", "error", err)
		return false, nil
	}
	return err == nil, err
}

// answer answers what has been asked. An answer that is sent twice is one to the server.
func (r *runner) answer(ctx context.Context) error {
	questions, err := r.ledger.questions(ctx)
	if err != nil && ctx.Err() == nil {
		return err
	}
	for _, question := range questions {
		data, err := json.Marshal(map[string]string{"key": question})
		if err != nil {
			return err
		}
		sent, err := r.send(ctx, workflowkit.Event{ID: "answer-" + question, Name: answerEvent, Data: data})
		if err != nil {
			return err
		}
		if !sent {
			return nil // with the next tick
		}
		if err := r.ledger.answered(ctx, question); err != nil {
			return err
		}
	}
	return nil
}

// repeat sends the events again that have had no effect. Their ids are the same, so a run is not started twice.
func (r *runner) repeat(ctx context.Context, report *Report) error {
	begun, err := r.ledger.begun(ctx)
	if err != nil {
		return err
	}
	for number := range report.Started {
		if begun[number] {
			continue
		}
		sent, err := r.send(ctx, r.startOf(number))
		if err != nil {
			return err
		}
		if sent {
			report.Resent++
		}
	}
	questions, err := r.ledger.reopen(ctx)
	report.Resent += questions
	return err
}
