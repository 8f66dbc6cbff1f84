package local

import (
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/workflowkit/workflowkit-go/inngest/internal/expr"
)

// flowControl is what a function says about how many of its runs and steps may exist at the same time.
type flowControl struct {
	stepLimits []limit // each counts calls in progress
	runLimits  []limit // each counts runs from their start to their end
	singleton  *singleton
	rateLimits []rate
	throttle   *rate
	debounce   *debounce
	batch      *batch
	priority   *expr.Program
	startLimit time.Duration // zero: none
	runLimit   time.Duration // zero: none
}

type wireFlowControl struct {
	Concurrency json.RawMessage `json:"concurrency"`
	Singleton   *struct {
		Key  *string         `json:"key"`
		Mode json.RawMessage `json:"mode"`
	} `json:"singleton"`
	Idempotency *string   `json:"idempotency"`
	RateLimit   *wireRate `json:"rateLimit"`
	Throttle    *wireRate `json:"throttle"`
	Debounce    *struct {
		Key     *string `json:"key"`
		Period  string  `json:"period"`
		Timeout *string `json:"timeout"`
	} `json:"debounce"`
	Priority *struct {
		Run *string `json:"run"`
	} `json:"priority"`
	Timeouts *struct {
		Start  *string `json:"start"`
		Finish *string `json:"finish"`
	} `json:"timeouts"`
	BatchEvents *wireBatch `json:"batchEvents"`
}

func (f *function) setFlowControl(in *wireFlowControl) error {
	var faults []error
	fault := func(option string, err error) {
		if err != nil {
			faults = append(faults, fmt.Errorf("option %s: %w", option, err))
		}
	}
	if in.BatchEvents != nil {
		b, err := newBatch(in.BatchEvents)
		fault("batchEvents", err)
		f.batch = b
	}
	fault("concurrency", f.setConcurrency(in.Concurrency))
	if in.Singleton != nil {
		key, err := compileOptional(in.Singleton.Key)
		fault("singleton", err)
		cancel, err := singletonCancels(in.Singleton.Mode)
		fault("singleton", err)
		f.singleton = &singleton{key: key, cancel: cancel}
	}
	if in.Idempotency != nil && *in.Idempotency != "" {
		// The real server turns the option into this rate limit, which then replaces the one that was asked for.
		in.RateLimit = &wireRate{Limit: 1, Period: "24h", Key: in.Idempotency}
	}
	if in.RateLimit != nil {
		r, err := newRate(in.RateLimit)
		fault("rateLimit or idempotency", err)
		if err == nil {
			r.burst = r.limit / 10
			f.rateLimits = append(f.rateLimits, *r)
		}
	}
	if in.Throttle != nil {
		r, err := newRate(in.Throttle)
		fault("throttle", err)
		f.throttle = r
	}
	if in.Debounce != nil {
		d, err := newDebounce(in.Debounce.Key, in.Debounce.Period, in.Debounce.Timeout)
		fault("debounce", err)
		f.debounce = d
	}
	if in.Priority != nil {
		program, err := compileOptional(in.Priority.Run)
		fault("priority", err)
		f.priority = program
	}
	if in.Timeouts != nil {
		var err error
		f.startLimit, err = optionalDuration(in.Timeouts.Start)
		fault("timeouts.start", err)
		f.runLimit, err = optionalDuration(in.Timeouts.Finish)
		fault("timeouts.finish", err)
	}
	fault("batchEvents", f.batchExcludes())
	return errors.Join(faults...)
}
