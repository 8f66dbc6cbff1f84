package inngest

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/workflowkit/workflowkit-go/inngest/internal/expr"
	"github.com/workflowkit/workflowkit-go/workflowkit"
)

// Limits of the Inngest server, checked when a function is registered.
const (
	maxRetries      = workflowkit.MaxRetries
	maxCancelOn     = 5
	maxConcurrency  = 2
	maxFunctionName = 256
	maxBatchSize    = 100
	day             = 24 * time.Hour
)

// check returns all that is wrong with the function.
func (f *Function) check() error {
	errs := []error{checkID("function id", f.ID)}
	fail := func(format string, args ...any) { errs = append(errs, fmt.Errorf(format, args...)) }
	if len(f.Name) > maxFunctionName {
		fail("name is %d bytes long, at most %d are possible", len(f.Name), maxFunctionName)
	}
	f.checkTriggers(fail)
	if f.Retries != nil && (*f.Retries < 0 || *f.Retries > maxRetries) {
		fail("retries are %d, 0 to %d are possible", *f.Retries, maxRetries)
	}
	if f.MaxRetries != nil && (*f.MaxRetries < f.retries() || *f.MaxRetries > maxRetries) {
		fail("most retries of an action are %d, %d to %d are possible", *f.MaxRetries, f.retries(), maxRetries)
	}
	f.checkConcurrency(fail)
	f.checkRates(fail)
	checkExpression(fail, "priority", f.Priority)
	f.checkBatch(fail)
	if f.Singleton != nil {
		if f.Singleton.Mode != SingletonSkip && f.Singleton.Mode != SingletonCancel {
			fail("singleton: mode is %q, %q or %q is needed", f.Singleton.Mode, SingletonSkip, SingletonCancel)
		}
		if len(f.Concurrency) > 0 {
			fail("singleton and concurrency exclude each other")
		}
		checkExpression(fail, "singleton: key", f.Singleton.Key)
	}
	checkExpression(fail, "idempotency", f.Idempotency)
	checkCheckpoints(fail, f.Checkpoints)
	f.checkCancelOn(fail)
	checkDuration(fail, "timeouts: start", f.Timeouts.Start)
	checkDuration(fail, "timeouts: finish", f.Timeouts.Finish)
	return errors.Join(errs...)
}

func (f *Function) checkConcurrency(fail func(string, ...any)) {
	if len(f.Concurrency) > maxConcurrency {
		fail("%d concurrency limits, at most %d are possible", len(f.Concurrency), maxConcurrency)
	}
	for i, c := range f.Concurrency {
		if c.Limit <= 0 {
			fail("concurrency %d: limit is %d, a positive number is needed", i, c.Limit)
		}
		if c.Scope != ScopeFunction && c.Scope != ScopeEnvironment && c.Scope != ScopeAccount {
			fail("concurrency %d: unknown scope %q", i, c.Scope)
		}
		if c.Scope != ScopeFunction && c.Key == "" {
			fail("concurrency %d: scope %q needs a key", i, c.Scope)
		}
		checkExpression(fail, fmt.Sprintf("concurrency %d: key", i), c.Key)
	}
	if c := f.RunConcurrency; c != nil {
		checkPositive(fail, "run concurrency: limit", c.Limit)
		checkExpression(fail, "run concurrency: key", c.Key)
	}
}

func (f *Function) checkRates(fail func(string, ...any)) {
	if t := f.Throttle; t != nil {
		checkPositive(fail, "throttle: limit", t.Limit)
		checkPeriod(fail, "throttle: period", t.Period, time.Second, 7*day)
		if t.Burst < 0 {
			fail("throttle: burst is %d, 0 or more is needed", t.Burst)
		}
		checkExpression(fail, "throttle: key", t.Key)
	}
	if r := f.RateLimit; r != nil {
		checkPositive(fail, "rate limit: limit", r.Limit)
		checkPeriod(fail, "rate limit: period", r.Period, time.Second, day)
		checkExpression(fail, "rate limit: key", r.Key)
		if f.Idempotency != "" {
			fail("rate limit and idempotency exclude each other: the server would keep the second only")
		}
	}
	if d := f.Debounce; d != nil {
		checkPeriod(fail, "debounce: period", d.Period, time.Second, 7*day)
		if d.Timeout != 0 && d.Timeout < d.Period {
			fail("debounce: timeout is %v, not less than the period of %v is needed", d.Timeout, d.Period)
		}
		checkExpression(fail, "debounce: key", d.Key)
	}
}

func (f *Function) checkBatch(fail func(string, ...any)) {
	b := f.Batch
	if b == nil {
		return
	}
	if b.MaxSize < 2 || b.MaxSize > maxBatchSize {
		fail("batch: max size is %d, 2 to %d are possible", b.MaxSize, maxBatchSize)
	}
	checkPeriod(fail, "batch: timeout", b.Timeout, time.Second, time.Minute)
	checkExpression(fail, "batch: key", b.Key)
	checkExpression(fail, "batch: if", b.If)
	scheduled := false
	for _, trigger := range f.Triggers {
		scheduled = scheduled || trigger.Cron != ""
	}
	for _, other := range []struct {
		name string
		set  bool
	}{
		{"cancel on", len(f.CancelOn) > 0},
		{"debounce", f.Debounce != nil},
		{"singleton", f.Singleton != nil},
		{"priority", f.Priority != ""},
		{"idempotency", f.Idempotency != ""},
		{"rate limit", f.RateLimit != nil},
		{"schedules", scheduled},
	} {
		if other.set {
			fail("batch and %s exclude each other", other.name)
		}
	}
}

func (f *Function) checkCancelOn(fail func(string, ...any)) {
	if len(f.CancelOn) > maxCancelOn {
		fail("%d events cancel a run, at most %d are possible", len(f.CancelOn), maxCancelOn)
	}
	for i, c := range f.CancelOn {
		what := fmt.Sprintf("cancel on %d", i)
		checkEventName(fail, what, c.Event)
		if program := checkExpression(fail, what+": if", c.If); program != nil && program.Restricted() != nil {
			fail("%s: if: %q: %w", what, c.If, program.Restricted())
		}
		checkDuration(fail, what+": timeout", c.Timeout)
	}
}

// checkExpression refuses what is no expression, and one that is only spaces: the server takes that for none, and
// somebody meant something.
func checkExpression(fail func(string, ...any), what, expression string) *expr.Program {
	if expression == "" {
		return nil
	}
	if strings.TrimSpace(expression) == "" {
		fail("%s: expression is blank", what)
		return nil
	}
	program, err := expr.Compile(expression)
	if err != nil {
		fail("%s: %w", what, err)
		return nil
	}
	return program
}

func checkPositive(fail func(string, ...any), what string, n int) {
	if n <= 0 {
		fail("%s is %d, a positive number is needed", what, n)
	}
}

func checkPeriod(fail func(string, ...any), what string, d, least, most time.Duration) {
	if d < least || d > most {
		fail("%s is %v, %v to %v are possible", what, d, least, most)
	}
}

func checkDuration(fail func(string, ...any), what string, d time.Duration) {
	if d < 0 || d > maxWait {
		fail("%s is %v, 0 to %v are possible", what, d, maxWait)
	}
}
