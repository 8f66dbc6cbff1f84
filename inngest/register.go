package inngest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"

	"github.com/inngest/inngestgo"
	"github.com/inngest/inngestgo/pkg/checkpoint"

	"github.com/workflowkit/workflowkit-go/workflowkit"
)

// maxResult bounds the result of a run that is sent to Inngest, which refuses answers of more than 8 MiB and then fails
// the run.
const maxResult = 4 << 20

// Register makes engine a function of the client's app: every event that f names starts a run of the workflow that the
// engine loads for it. All faults of f are returned joined into one error; an id can be registered once.
//
// The server learns of the function with the next sync, which most servers start by themselves; see [Client.Handler].
func Register(client *Client, engine *workflowkit.Engine, f Function) error {
	switch {
	case client == nil:
		return errors.New("register function: client is nil")
	case engine == nil:
		return fmt.Errorf("register function %q: engine is nil", f.ID)
	}
	return client.register(f, func(ctx context.Context, tools workflowkit.Tools, in workflowkit.RunInput) (json.RawMessage, error) {
		result, err := engine.Run(ctx, tools, in)
		if err != nil {
			return nil, err
		}
		return marshalResult(result)
	})
}

// program is what a function does in each pass of a run. It returns workflowkit.ErrSuspended if the run goes on in a
// later pass.
type program func(ctx context.Context, tools workflowkit.Tools, in workflowkit.RunInput) (json.RawMessage, error)

func (c *Client) register(f Function, run program) error {
	err := f.check()
	functions := []Function{f}
	programs := []program{run}
	if f.OnFailure != nil {
		failure, program := c.failureFunction(f)
		functions, programs = append(functions, failure), append(programs, program)
		err = errors.Join(err, checkID("id of the function for failures", failure.ID))
	}
	if f.OnCancelled != nil {
		cancelled, program := c.cancelledFunction(f)
		functions, programs = append(functions, cancelled), append(programs, program)
		err = errors.Join(err, checkID("id of the function for cancelled runs", cancelled.ID))
	}
	if err == nil {
		err = c.claim(functions)
	}
	if err != nil {
		return fmt.Errorf("register function %q: %w", f.ID, err)
	}
	for i := range functions {
		executed, described := functions[i].options(), functions[i].options()
		if functions[i].Checkpoints == CheckpointEachStep {
			described.Checkpoint = checkpoint.ConfigSafe // for the server to show; inngestgo's own is not used
		}
		if err := registerSDK(c, executed, described, functions[i].sdkTriggers(), c.entry(functions[i], programs[i])); err != nil {
			return fmt.Errorf("register function %q: %w", functions[i].ID, err)
		}
	}
	return nil
}

// RegisterFunction registers a plain inngestgo function beside workflows. It is served with the guards of the client's
// handler, but its steps are inngestgo's own.
func RegisterFunction[T any](client *Client, opts inngestgo.FunctionOpts, trigger inngestgo.MultipleTriggers, fn inngestgo.SDKFunction[T]) error {
	var err error
	switch {
	case client == nil:
		err = errors.New("client is nil")
	case fn == nil:
		err = errors.New("function is nil")
	case len(trigger) == 0:
		err = errors.New("no trigger starts the function")
	default:
		if err = checkID("function id", opts.ID); err == nil {
			err = client.claim([]Function{{ID: opts.ID}})
		}
	}
	if err == nil {
		err = registerSDK(client, opts, opts, trigger, fn)
	}
	if err != nil {
		return fmt.Errorf("register function %q: %w", opts.ID, err)
	}
	return nil
}

// registerSDK makes a function one of the clients that execute and describe.
func registerSDK[T any](c *Client, executed, described inngestgo.FunctionOpts, trigger inngestgo.MultipleTriggers, fn inngestgo.SDKFunction[T]) error {
	if _, err := inngestgo.CreateFunction(c.sdk, executed, trigger, fn); err != nil {
		return err
	}
	_, err := inngestgo.CreateFunction(c.describer, described, trigger, fn)
	return err
}

// claim takes the ids of functions, all or none.
func (c *Client) claim(functions []Function) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, f := range functions {
		if c.functions[f.ID] {
			return fmt.Errorf("id %q is registered already", f.ID)
		}
	}
	for _, f := range functions {
		c.functions[f.ID] = true
	}
	return nil
}

// entry returns what inngestgo is to call in each pass. The event comes from the request, because inngestgo would decode
// it into 64-bit floats.
func (c *Client) entry(f Function, run program) inngestgo.SDKFunction[struct{}] {
	return func(ctx context.Context, _ inngestgo.Input[struct{}]) (any, error) {
		call := callFrom(ctx)
		if call == nil {
			return nil, errors.New("function was called outside of the client's handler")
		}
		call.retries = f.retries()
		logger := c.logger.With("run_id", call.runID, "function_id", f.ID)
		in := workflowkit.RunInput{RunID: call.runID, FunctionID: f.ID, Attempt: call.attempt}
		if err := readEvents(call, &in); err != nil {
			return nil, inngestgo.NoRetryError(err)
		}
		tools := newStepTools(c, call, f.Checkpoints, logger)
		result, err := runProgram(ctx, run, tools, in, logger)
		tools.finish(ctx)
		if errors.Is(err, workflowkit.ErrSuspended) {
			// The steps that were asked for are the answer, and the response is held to there being any.
			call.suspended = true
			return nil, nil
		}
		if err != nil {
			call.failed = true
			logger.Error("inngest function failed", "attempt", call.attempt, "error", err)
			if call.last(call.retries) {
				err = workflowkit.NoRetryError(err)
			}
			return nil, bodyError(err)
		}
		logger.Info("inngest function completed")
		return result, nil
	}
}

// readEvents puts the events of a call into the input of a run.
func readEvents(call *call, in *workflowkit.RunInput) error {
	if err := json.Unmarshal(call.event, &in.Event); err != nil {
		return fmt.Errorf("read the event: %w", err)
	}
	if len(call.events) < 2 {
		return nil
	}
	in.Events = make([]workflowkit.Event, len(call.events))
	for i, raw := range call.events {
		if err := json.Unmarshal(raw, &in.Events[i]); err != nil {
			return fmt.Errorf("read event %d of the batch: %w", i, err)
		}
	}
	return nil
}

// runProgram calls run and makes its panics errors.
func runProgram(ctx context.Context, run program, tools *stepTools, in workflowkit.RunInput, logger *slog.Logger) (result json.RawMessage, err error) {
	defer func() {
		if value := recover(); value != nil {
			result, err = nil, panicError(logger, "function", value)
		}
	}()
	return run(ctx, tools, in)
}

// marshalResult returns the result of a run as JSON, without inputs and outputs if it would be too large with them.
func marshalResult(result *workflowkit.Result) (json.RawMessage, error) {
	raw, err := json.Marshal(result)
	if err != nil {
		return nil, workflowkit.NoRetryError(fmt.Errorf("marshal result: %w", err))
	}
	if len(raw) <= maxResult {
		return raw, nil
	}
	short := *result
	short.Actions = append([]workflowkit.ActionResult(nil), result.Actions...)
	for i := range short.Actions {
		short.Actions[i].Inputs, short.Actions[i].Output = nil, nil
	}
	return json.Marshal(struct {
		workflowkit.Result
		Note string `json:"note"`
	}{short, fmt.Sprintf("inputs and outputs are left out: the result would have %d bytes", len(raw))})
}
