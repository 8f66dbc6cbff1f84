package local

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"time"

	"github.com/google/uuid"
)

// wireFunction is a function in a sync request.
type wireFunction struct {
	Name     string `json:"name"`
	Slug     string `json:"id"`
	Triggers []struct {
		Event      string  `json:"event"`
		Expression *string `json:"expression"`
		Cron       string  `json:"cron"`
		Jitter     string  `json:"jitter"`
	} `json:"triggers"`
	Retries *int `json:"retries"`
	Cancel  []struct {
		Event   string  `json:"event"`
		Timeout *string `json:"timeout"`
		If      *string `json:"if"`
	} `json:"cancel"`
	Steps map[string]struct {
		Runtime map[string]any `json:"runtime"`
		Retries *struct {
			Attempts int `json:"attempts"`
		} `json:"retries"`
	} `json:"steps"`
	wireFlowControl
}

// newFunction checks a function of a sync request. The error names everything that is wrong with it, and every option
// that this server does not implement.
func newFunction(app string, raw json.RawMessage) (*function, error) {
	var in wireFunction
	if err := json.Unmarshal(raw, &in); err != nil {
		return nil, fmt.Errorf("reading a function of app %q: %w", app, err)
	}
	f := &function{app: app, slug: in.Slug, name: in.Name, retries: defaultRetries}
	if f.slug == "" {
		return nil, fmt.Errorf("a function of app %q has no id", app)
	}
	f.id = uuid.NewSHA1(uuid.NameSpaceURL, []byte("inngest:"+app+"/"+in.Slug)).String()
	var faults []error
	fault := func(format string, args ...any) { faults = append(faults, fmt.Errorf(format, args...)) }
	if in.Name == "" {
		fault("a function name is required")
	}
	for _, t := range in.Triggers {
		switch {
		case t.Cron != "":
			sc, err := newSchedule(t.Cron, t.Jitter)
			if err != nil {
				fault("option cron: %w", err)
			}
			if slices.ContainsFunc(f.cron, func(other schedule) bool { return other.text == sc.text }) {
				fault("duplicate cron expression: %s", t.Cron)
			}
			f.cron = append(f.cron, sc)
			continue
		case t.Event == "":
			fault("a trigger must name an event")
			continue
		}
		cond, err := compileOptional(t.Expression)
		if err != nil {
			fault("invalid trigger expression on %q: %w", t.Event, err)
		}
		f.triggers = append(f.triggers, trigger{event: t.Event, cond: cond})
	}
	if len(in.Triggers) > 10 {
		fault("the function has more than 10 triggers")
	}
	if len(in.Cancel) > 5 {
		fault("the function has more than 5 cancellation events")
	}
	for _, c := range in.Cancel {
		cond, err := compileOptional(c.If)
		if err == nil && cond != nil {
			err = cond.Restricted()
		}
		if err != nil {
			fault("invalid cancellation expression on %q: %w", c.Event, err)
		}
		timeout := ""
		if c.Timeout != nil {
			timeout = *c.Timeout
			if _, err := deadline(timeout, time.Time{}); err != nil {
				fault("cancellation on %q: %w", c.Event, err)
			}
		}
		f.cancel = append(f.cancel, cancelOn{event: c.Event, cond: cond, timeout: timeout})
	}
	if err := f.setRuntime(&in); err != nil {
		faults = append(faults, err)
	}
	if err := f.setFlowControl(&in.wireFlowControl); err != nil {
		faults = append(faults, err)
	}
	if len(faults) > 0 {
		return nil, fmt.Errorf("function %q: %w", f.slug, errors.Join(faults...))
	}
	return f, nil
}

func (f *function) setRuntime(in *wireFunction) error {
	if len(in.Steps) != 1 {
		return errors.New("a function must contain one step")
	}
	for _, step := range in.Steps {
		address, _ := step.Runtime["url"].(string)
		u, err := url.Parse(address)
		if err != nil || u.Scheme != "http" && u.Scheme != "https" && u.Scheme != "ws" {
			return fmt.Errorf("the URL %q is not one that can be called", address)
		}
		f.url = address
		switch {
		case step.Retries != nil:
			f.retries = min(max(step.Retries.Attempts, 0), maxRetries)
		case in.Retries != nil:
			f.retries = min(max(*in.Retries, 0), maxRetries)
		}
	}
	return nil
}
