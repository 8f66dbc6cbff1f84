package inngest

import (
	"github.com/inngest/inngestgo"
)

// options returns the function in inngestgo's terms. It must have been checked. The numbers are constants of a module
// that must not be imported.
func (f *Function) options() inngestgo.FunctionOpts {
	opts := inngestgo.FunctionOpts{
		ID: f.ID, Name: first(f.Name, f.ID), Retries: f.MaxRetries, Idempotency: optional(f.Idempotency),
		Concurrency: f.concurrencyOptions(),
	}
	if opts.Retries == nil {
		opts.Retries = new(maxRetries)
	}
	f.rateOptions(&opts)
	if f.Priority != "" {
		opts.Priority = &inngestgo.ConfigPriority{Run: optional(f.Priority)}
	}
	if f.Batch != nil {
		opts.BatchEvents = &inngestgo.ConfigBatchEvents{
			MaxSize: f.Batch.MaxSize, Timeout: f.Batch.Timeout, Key: optional(f.Batch.Key), If: optional(f.Batch.If),
		}
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

func (f *Function) concurrencyOptions() *inngestgo.ConfigConcurrency {
	if len(f.Concurrency) == 0 && f.RunConcurrency == nil {
		return nil
	}
	var limits inngestgo.ConfigConcurrency
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
		limits.Step = append(limits.Step, limit)
	}
	if c := f.RunConcurrency; c != nil {
		limits.Fn = append(limits.Fn, inngestgo.ConfigFnConcurrency{Limit: c.Limit, Key: optional(c.Key)})
	}
	return &limits
}

func (f *Function) rateOptions(opts *inngestgo.FunctionOpts) {
	if t := f.Throttle; t != nil {
		opts.Throttle = &inngestgo.ConfigThrottle{
			Limit: uint(t.Limit), Period: t.Period, Burst: uint(t.Burst), Key: optional(t.Key),
		}
	}
	if r := f.RateLimit; r != nil {
		opts.RateLimit = &inngestgo.ConfigRateLimit{Limit: uint(r.Limit), Period: r.Period, Key: optional(r.Key)}
	}
	if d := f.Debounce; d != nil {
		opts.Debounce = &inngestgo.ConfigDebounce{Key: d.Key, Period: d.Period}
		if d.Timeout > 0 {
			opts.Debounce.Timeout = new(d.Timeout)
		}
	}
}

func (f *Function) sdkTriggers() inngestgo.MultipleTriggers {
	var triggers inngestgo.MultipleTriggers
	for _, trigger := range f.triggers() {
		switch {
		case trigger.Cron == "":
			triggers = append(triggers, inngestgo.EventTrigger(trigger.Event, optional(trigger.If)))
		case trigger.Jitter > 0:
			triggers = append(triggers, inngestgo.CronTriggerWithJitter(trigger.Cron, trigger.Jitter))
		default:
			triggers = append(triggers, inngestgo.CronTrigger(trigger.Cron))
		}
	}
	return triggers
}
