package local

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/workflowkit/workflowkit-go/inngest/local/internal/expr"
)

// flowControl is what a function says about how many of its runs and steps may exist at the same time.
type flowControl struct {
	stepLimits []limit // each counts calls in progress
	runLimits  []limit // each counts runs from their start to their end
	singleton  *singleton
	rateLimits []rate
	throttle   *rate
	debounce   *debounce
	priority   *expr.Program
	startLimit time.Duration // zero: none
	runLimit   time.Duration // zero: none
}

type limit struct {
	max   int
	key   *expr.Program // nil: one count for all
	scope string        // "fn", "env" or "account"
	hash  string
}

type singleton struct {
	key    *expr.Program // nil: one run of the function
	cancel bool          // else skip
}

type rate struct {
	limit, burst int
	period       time.Duration
	key          *expr.Program // nil: one count for the function
}

type debounce struct {
	key     *expr.Program // nil: all events of the function
	period  time.Duration
	timeout time.Duration // zero: none
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
	BatchEvents json.RawMessage `json:"batchEvents"`
}

type wireRate struct {
	Limit  int     `json:"limit"`
	Burst  int     `json:"burst"`
	Period string  `json:"period"`
	Key    *string `json:"key"`
}

func (f *function) setFlowControl(in *wireFlowControl) error {
	var faults []error
	fault := func(option string, err error) {
		if err != nil {
			faults = append(faults, fmt.Errorf("option %s: %w", option, err))
		}
	}
	if len(in.BatchEvents) > 0 && string(in.BatchEvents) != "null" {
		fault("batchEvents", errors.New("the in-process server does not implement it"))
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
	return errors.Join(faults...)
}

// singletonCancels reads the mode, which is a name, or a number from apps that are older.
func singletonCancels(mode json.RawMessage) (bool, error) {
	switch string(mode) {
	case `"cancel"`, `"Cancel"`, "1":
		return true, nil
	case "", "null", `"skip"`, `"Skip"`, "0":
		return false, nil
	}
	return false, fmt.Errorf("unknown mode %s", mode)
}

func newRate(in *wireRate) (*rate, error) {
	key, err := compileOptional(in.Key)
	if err != nil {
		return nil, err
	}
	period, err := positiveDuration(in.Period)
	if err != nil {
		return nil, err
	}
	if in.Limit < 1 {
		return nil, errors.New("the limit must be at least 1")
	}
	return &rate{limit: in.Limit, burst: max(in.Burst, 0), period: period, key: key}, nil
}

func newDebounce(key *string, period string, timeout *string) (*debounce, error) {
	program, err := compileOptional(key)
	if err != nil {
		return nil, err
	}
	d := &debounce{key: program}
	if d.period, err = positiveDuration(period); err != nil {
		return nil, err
	}
	if d.period < time.Second || d.period > 7*24*time.Hour {
		return nil, fmt.Errorf("the period %q is not between a second and a week", period)
	}
	d.timeout, err = optionalDuration(timeout)
	return d, err
}

func optionalDuration(text *string) (time.Duration, error) {
	if text == nil || *text == "" {
		return 0, nil
	}
	return positiveDuration(*text)
}

type wireLimit struct {
	Limit int     `json:"limit"`
	Key   *string `json:"key"`
	Scope string  `json:"scope"`
}

// setConcurrency reads the option, which is a number, one limit, a list of limits, or limits for runs and for steps.
func (f *function) setConcurrency(raw json.RawMessage) error {
	if len(raw) == 0 || string(raw) == "null" {
		return nil
	}
	var number int
	if json.Unmarshal(raw, &number) == nil {
		return f.addLimits(&f.stepLimits, []wireLimit{{Limit: number}})
	}
	var list []wireLimit
	if json.Unmarshal(raw, &list) == nil {
		return f.addLimits(&f.stepLimits, list)
	}
	var both struct {
		Fn   []wireLimit `json:"fn"`
		Step []wireLimit `json:"step"`
		wireLimit
	}
	if err := json.Unmarshal(raw, &both); err != nil {
		return err
	}
	if len(both.Fn) == 0 && len(both.Step) == 0 {
		return f.addLimits(&f.stepLimits, []wireLimit{both.wireLimit})
	}
	if len(both.Fn) > 1 {
		return errors.New("only one function concurrency limit is allowed")
	}
	for _, l := range both.Fn {
		if l.Limit <= 0 {
			return errors.New("a function concurrency limit must be positive")
		}
	}
	return errors.Join(f.addLimits(&f.runLimits, both.Fn), f.addLimits(&f.stepLimits, both.Step))
}

func (f *function) addLimits(to *[]limit, list []wireLimit) error {
	if len(list) > 2 {
		return errors.New("more than 2 concurrency limits")
	}
	for _, in := range list {
		key, err := compileOptional(in.Key)
		if err != nil {
			return err
		}
		scope := strings.ToLower(in.Scope)
		if scope == "" {
			scope = "fn"
		}
		if scope != "fn" && scope != "env" && scope != "account" {
			return fmt.Errorf("unknown scope %q", scope)
		}
		if scope != "fn" && key == nil {
			return fmt.Errorf("a key must be given for limits of scope %q", scope)
		}
		if in.Limit <= 0 {
			continue // no limit
		}
		hash := ""
		if key != nil {
			hash = key.String()
		}
		*to = append(*to, limit{max: in.Limit, key: key, scope: scope, hash: hash})
	}
	return nil
}
