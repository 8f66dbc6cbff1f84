package inngest

import (
	"github.com/inngest/inngestgo"
)

// options returns the function in inngestgo's terms. It must have been checked. The numbers are constants of a module
// that must not be imported.
func (f *Function) options() inngestgo.FunctionOpts {
	opts := inngestgo.FunctionOpts{
		ID: f.ID, Name: first(f.Name, f.ID), Retries: f.Retries, Idempotency: optional(f.Idempotency),
	}
	if opts.Retries == nil {
		opts.Retries = new(DefaultRetries)
	}
	if len(f.Concurrency) > 0 {
		opts.Concurrency = &inngestgo.ConfigConcurrency{}
	}
	for _, c := range f.Concurrency {
		limit := inngestgo.ConfigStepConcurrency{Limit: c.Limit, Key: optional(c.Key)}
		switch c.Scope {
		case ScopeFunction:
			limit.Scope = 0
		case ScopeEnvironment:
			limit.Scope = 1
		case ScopeAccount:
			limit.Scope = 2
		}
		opts.Concurrency.Step = append(opts.Concurrency.Step, limit)
	}
	if f.Singleton != nil {
		opts.Singleton = &inngestgo.ConfigSingleton{Key: optional(f.Singleton.Key), Mode: 0}
		if f.Singleton.Mode == SingletonCancel {
			opts.Singleton.Mode = 1
		}
	}
	for _, c := range f.CancelOn {
		cancel := inngestgo.ConfigCancel{Event: c.Event, If: optional(c.If)}
		if c.Timeout > 0 {
			cancel.Timeout = new(c.Timeout.String())
		}
		opts.Cancel = append(opts.Cancel, cancel)
	}
	if f.Timeouts != (Timeouts{}) {
		opts.Timeouts = &inngestgo.ConfigTimeouts{}
		if f.Timeouts.Start > 0 {
			opts.Timeouts.Start = new(f.Timeouts.Start)
		}
		if f.Timeouts.Finish > 0 {
			opts.Timeouts.Finish = new(f.Timeouts.Finish)
		}
	}
	return opts
}

func (f *Function) sdkTriggers() inngestgo.MultipleTriggers {
	var triggers inngestgo.MultipleTriggers
	for _, trigger := range f.triggers() {
		triggers = append(triggers, inngestgo.EventTrigger(trigger.Event, optional(trigger.If)))
	}
	return triggers
}
