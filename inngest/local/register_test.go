package local_test

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/inngest/inngestgo"

	"github.com/workflowkit/workflowkit-go/inngest/local"
)

func TestRegisterRefuses(t *testing.T) {
	t.Parallel()
	const trigger = `"triggers":[{"event":"f"}]`
	cases := map[string]struct{ more, says string }{
		"a bad schedule":                       {`"triggers":[{"cron":"* * * *"}]`, "option cron"},
		"a schedule that is a zone":            {`"triggers":[{"cron":"TZ=UTC"}]`, "option cron"},
		"a schedule twice":                     {`"triggers":[{"cron":"* * * * *"},{"cron":"* * * * *","jitter":"1s"}]`, "duplicate cron expression"},
		"a bad jitter":                         {`"triggers":[{"cron":"* * * * *","jitter":"1ms"}]`, "between 1s and 5m0s"},
		"a batch of one":                       {trigger + `,"batchEvents":{"maxSize":1,"timeout":"1s"}`, "option batchEvents"},
		"a batch that waits for nothing":       {trigger + `,"batchEvents":{"maxSize":2,"timeout":"1ms"}`, "option batchEvents"},
		"a batch for a day":                    {trigger + `,"batchEvents":{"maxSize":2,"timeout":"1d"}`, "invalid timeout string"},
		"a batch with a priority":              {trigger + `,"batchEvents":{"maxSize":2,"timeout":"1s"},"priority":{"run":"1"}`, "option batchEvents"},
		"a batch with a cancellation":          {trigger + `,"batchEvents":{"maxSize":2,"timeout":"1s"},"cancel":[{"event":"c"}]`, "option batchEvents"},
		"a bad trigger expression":             {`"triggers":[{"event":"f","expression":"event.data.x = 1"}]`, "invalid trigger expression"},
		"a bad cancellation expression":        {trigger + `,"cancel":[{"event":"c","if":"nope("}]`, "invalid cancellation expression"},
		"functions in cancellation":            {trigger + `,"cancel":[{"event":"c","if":"lowercase(async.data.x) == 'x'"}]`, "not allowed here"},
		"a bad cancellation time":              {trigger + `,"cancel":[{"event":"c","timeout":"soon"}]`, "invalid duration"},
		"a bad singleton key":                  {trigger + `,"singleton":{"key":"("}`, "option singleton"},
		"an unknown singleton mode":            {trigger + `,"singleton":{"mode":"both"}`, "unknown mode"},
		"three concurrency limits":             {trigger + `,"concurrency":[{"limit":1},{"limit":2},{"limit":3}]`, "more than 2 concurrency limits"},
		"an unknown concurrency scope":         {trigger + `,"concurrency":[{"limit":1,"scope":"planet"}]`, "unknown scope"},
		"a wide concurrency scope without key": {trigger + `,"concurrency":[{"limit":1,"scope":"Env"}]`, "a key must be given"},
		"a bad rate":                           {trigger + `,"rateLimit":{"limit":0,"period":"1m"}`, "the limit must be at least 1"},
		"a bad throttle":                       {trigger + `,"throttle":{"limit":1,"period":"x"}`, "option throttle"},
		"a bad debounce":                       {trigger + `,"debounce":{"period":"1ms"}`, "not between a second and a week"},
		"a bad priority":                       {trigger + `,"priority":{"run":"("}`, "option priority"},
		"a bad time limit":                     {trigger + `,"timeouts":{"finish":"-1s"}`, "timeouts.finish"},
		"a trigger without a name":             {`"triggers":[{}]`, "a trigger must name an event"},
		"no name":                              {trigger + `,"name":""`, "a function name is required"},
		"a step that cannot be called":         {trigger + `,"steps":{"step":{"runtime":{"url":"ftp://x"}}}`, "not one that can be called"},
		"no step":                              {trigger + `,"steps":{}`, "must contain one step"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := newBundle(t, local.Config{})
			more := c.more
			for key, otherwise := range map[string]string{"name": `"f"`, "steps": `{"step":{"runtime":{"url":"http://127.0.0.1:1/"}}}`} {
				if !strings.Contains(more, `"`+key+`":`) {
					more += fmt.Sprintf(",%q:%s", key, otherwise)
				}
			}
			status, body := post(t, b, "/fn/register", `{"appName":"app","url":"http://x","functions":[{"id":"app-f",`+more+`}]}`)
			if status != 400 || !strings.Contains(body, c.says) || !strings.Contains(body, "app-f") {
				t.Errorf("%d %s, want 400 with %q and the function's id", status, body, c.says)
			}
		})
	}
	for name, c := range map[string]struct{ body, says string }{
		"an app without a name": {`{"functions":[]}`, "App ID required"},
		"what is no JSON":       {`{`, "Invalid request"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := newBundle(t, local.Config{})
			if status, body := post(t, b, "/fn/register", c.body); status != 400 || !strings.Contains(body, c.says) {
				t.Errorf("%d %s", status, body)
			}
		})
	}
}

func TestRegisterAnswersOthersAsTheRealServer(t *testing.T) {
	t.Parallel()
	b := newBundle(t, local.Config{})
	status, body := post(t, b, "/fn/register", `{"appName":"app","url":"http://x","functions":[]}`)
	if status != 200 || !strings.Contains(body, `"ok":true`) {
		t.Errorf("%d %s", status, body)
	}
	status, body = do(t, b, "POST", "/fn/register", `{"appName":"app"}`, http.Header{"X-Inngest-Expected-Server-Kind": {"cloud"}})
	if status != 400 || !strings.Contains(body, "Expected server kind dev") {
		t.Errorf("%d %s", status, body)
	}
}

// The SDK shows the server's message, which names the function and the option.
func TestRegisterErrorsReachTheCaller(t *testing.T) {
	t.Parallel()
	b := newBundle(t, local.Config{})
	b.function(inngestgo.FunctionOpts{ID: "f", BatchEvents: &inngestgo.ConfigBatchEvents{MaxSize: 1, Timeout: time.Second}},
		func(context.Context, input) (any, error) { return nil, nil })
	err := b.server.Register(b.ctx, b.app.URL+"/api/inngest")
	if err == nil || !strings.Contains(err.Error(), "batchEvents") || !strings.Contains(err.Error(), "app-f") {
		t.Errorf("error %v", err)
	}
}

func TestRegisterNoticesAnAppThatCallsSomebodyElse(t *testing.T) {
	t.Parallel()
	one, other := newBundle(t, local.Config{}), newBundle(t, local.Config{})
	err := one.server.Register(one.ctx, other.app.URL+"/api/inngest")
	if err == nil || !strings.Contains(err.Error(), "API base URL") {
		t.Errorf("error %v, want a hint at the base URL", err)
	}
	if err := one.server.Register(one.ctx, "http://127.0.0.1:1/api/inngest"); err == nil {
		t.Error("no error for an app that is not there")
	}
	if err := one.server.Register(one.ctx, "::"); err == nil {
		t.Error("no error for an address that is none")
	}
}

func TestSignedRegistrationChecksTheApp(t *testing.T) {
	t.Parallel()
	b := newBundle(t, local.Config{SigningKey: signingKey})
	liar := newTestApp(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = w.Write([]byte(`{"app_id":"app","functions":[]}`)) // without a signature
	}))
	if err := b.server.Register(b.ctx, liar.URL); err == nil || !strings.Contains(err.Error(), "not signed") {
		t.Errorf("error %v", err)
	}
	if status, _ := post(t, b, "/fn/register", `{"appName":"app","functions":[]}`); status != 401 {
		t.Errorf("an unsigned registration: %d, want 401", status)
	}
	if _, err := local.Start(local.Config{SigningKey: "signkey-test-xyz"}); err == nil {
		t.Error("no error for a signing key that is not hexadecimal")
	}
	if _, err := local.Start(local.Config{Addr: "nowhere:x"}); err == nil {
		t.Error("no error for an address that is none")
	}
}

// A new sync replaces the functions; runs in progress go on with the new code.
func TestResync(t *testing.T) {
	t.Parallel()
	b := setup(t, local.Config{}, sleeper(inngestgo.FunctionOpts{}))
	id := b.send("f", nil)
	b.idle()
	b.function(inngestgo.FunctionOpts{ID: "g"}, func(context.Context, input) (any, error) { return "g", nil })
	if err := b.server.Register(b.ctx, b.app.URL+"/api/inngest"); err != nil {
		t.Fatal(err)
	}
	b.advance(time.Hour)
	b.wait(id, local.Completed)
	b.wait(b.send("g", nil), local.Completed)
	b.noFaults()
}
