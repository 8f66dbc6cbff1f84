package inngest_test

import (
	"bytes"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/workflowkit/workflowkit-go/inngest"
)

func TestNewClientResolvesModeAndTargets(t *testing.T) {
	t.Parallel()
	const local, api, events = "http://localhost:8288", "https://api.inngest.com", "https://inn.gs"
	cases := map[string]struct {
		config inngest.Config
		env    []string
		want   string // mode, reason, API, event API
	}{
		"nothing set is dev mode against the local dev server": {
			want: "dev, neither keys nor INNGEST_DEV are set, " + local + ", " + local,
		},
		"INNGEST_DEV=1 is dev mode":                {env: []string{"INNGEST_DEV", "1"}, want: "dev, INNGEST_DEV is set, " + local + ", " + local},
		"INNGEST_DEV with any other text is on":    {env: []string{"INNGEST_DEV", "please"}, want: "dev, INNGEST_DEV is set, " + local + ", " + local},
		"INNGEST_DEV with a URL names the server":  {env: []string{"INNGEST_DEV", "http://10.0.0.7:9000/"}, want: "dev, INNGEST_DEV is set, http://10.0.0.7:9000, http://10.0.0.7:9000"},
		"INNGEST_DEV with a host and port as well": {env: []string{"INNGEST_DEV", "devbox:9000"}, want: "dev, INNGEST_DEV is set, http://devbox:9000, http://devbox:9000"},
		"INNGEST_DEV=0 is cloud mode": {
			env:  []string{"INNGEST_DEV", "0", "INNGEST_SIGNING_KEY", testKey},
			want: "cloud, INNGEST_DEV is off, " + api + ", " + events,
		},
		"INNGEST_DEV=false is cloud mode": {
			env:  []string{"INNGEST_DEV", "False", "INNGEST_SIGNING_KEY", testKey},
			want: "cloud, INNGEST_DEV is off, " + api + ", " + events,
		},
		"a signing key is cloud mode": {
			env:  []string{"INNGEST_SIGNING_KEY", testKey},
			want: "cloud, keys are set, " + api + ", " + events,
		},
		"INNGEST_DEV wins over keys": {
			env:  []string{"INNGEST_SIGNING_KEY", testKey, "INNGEST_DEV", "true"},
			want: "dev, INNGEST_DEV is set, " + local + ", " + local,
		},
		"a self-hosted server in cloud mode": {
			env:  []string{"INNGEST_SIGNING_KEY", testKey, "INNGEST_BASE_URL", "http://inngest:8288"},
			want: "cloud, keys are set, http://inngest:8288, http://inngest:8288",
		},
		"the more specific variable wins": {
			env:  []string{"INNGEST_BASE_URL", "http://a:1", "INNGEST_API_BASE_URL", "http://b:2", "INNGEST_EVENT_API_BASE_URL", "http://c:3"},
			want: "dev, neither keys nor INNGEST_DEV are set, http://b:2, http://c:3",
		},
		"INNGEST_BASE_URL wins over the URL in INNGEST_DEV": {
			env:  []string{"INNGEST_BASE_URL", "http://a:1", "INNGEST_DEV", "http://d:4"},
			want: "dev, INNGEST_DEV is set, http://a:1, http://a:1",
		},
		"configuration wins over the environment": {
			config: inngest.Config{Dev: new(false), SigningKey: testKey, BaseURL: "http://own:1", EventAPIBaseURL: "http://events:2"},
			env:    []string{"INNGEST_DEV", "1", "INNGEST_BASE_URL", "http://a:1", "INNGEST_API_BASE_URL", "http://b:2"},
			want:   "cloud, Config.Dev is set, http://own:1, http://events:2",
		},
		"Config.Dev wins over keys": {
			config: inngest.Config{Dev: new(true)},
			env:    []string{"INNGEST_SIGNING_KEY", testKey},
			want:   "dev, Config.Dev is set, " + local + ", " + local,
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var got string
			tc.config.Logger = slog.New(slog.NewTextHandler(writerFunc(func(b []byte) {
				if strings.Contains(string(b), "inngest.mode") {
					got = string(b)
				}
			}), nil))
			tc.config.Getenv = environment(tc.env...)
			newClient(t, tc.config)
			fields := logFields(got)
			line := strings.Join([]string{
				fields["inngest.mode"], fields["inngest.reason"], fields["inngest.api"], fields["inngest.event_api"],
			}, ", ")
			if diff := cmp.Diff(tc.want, line); diff != "" {
				t.Errorf("resolved settings in the log (-want +got):\n%s", diff)
			}
		})
	}
}

func TestNewClientRefuses(t *testing.T) {
	t.Parallel()
	cases := map[string]struct {
		config inngest.Config
		env    []string
		want   []string
		is     error
	}{
		"an empty app id":               {config: inngest.Config{AppID: " "}, want: []string{"app id"}},
		"an app id with a slash":        {config: inngest.Config{AppID: "a/b"}, want: []string{`app id "a/b"`}},
		"cloud mode without keys":       {env: []string{"INNGEST_DEV", "0"}, want: []string{"INNGEST_SIGNING_KEY", "INNGEST_DEV is off"}, is: inngest.ErrNoSigningKey},
		"an event key alone":            {env: []string{"INNGEST_EVENT_KEY", "k"}, want: []string{"keys are set"}, is: inngest.ErrNoSigningKey},
		"a fallback key alone":          {env: []string{"INNGEST_SIGNING_KEY_FALLBACK", testKey}, is: inngest.ErrNoSigningKey},
		"a base URL without a scheme":   {config: inngest.Config{BaseURL: "localhost:8288"}, want: []string{"API base URL", "event API base URL"}},
		"a base URL with a query":       {env: []string{"INNGEST_BASE_URL", "http://a?b"}, want: []string{"without a query"}},
		"a relative serve path":         {config: inngest.Config{ServePath: "api"}, want: []string{"serve path"}},
		"a serve origin without a host": {env: []string{"INNGEST_SERVE_ORIGIN", "https://"}, want: []string{"serve origin"}},
		"everything at once":            {config: inngest.Config{AppID: "é", BaseURL: "x", ServePath: "y"}, want: []string{"app id", "API base URL", "serve path"}},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if tc.config.AppID == "" {
				tc.config.AppID = "app"
			}
			tc.config.Getenv = environment(tc.env...)
			_, err := inngest.NewClient(tc.config)
			if err == nil {
				t.Fatal("no error")
			}
			for _, want := range tc.want {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("error %q does not contain %q", err, want)
				}
			}
			if tc.is != nil && !errors.Is(err, tc.is) {
				t.Errorf("error %q does not match %q", err, tc.is)
			}
		})
	}
}

func TestKeysAreNeverShown(t *testing.T) {
	t.Parallel()
	const secret = "5ec2e7"
	var log bytes.Buffer
	logger := slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	config := inngest.Config{
		AppID: "app", EventKey: "event-" + secret, SigningKey: "signkey-test-" + secret, SigningKeyFallback: secret,
		BaseURL: "http://user:" + secret + "@localhost:1", Logger: logger, Getenv: environment(),
	}
	client := newClient(t, config)
	logger.Info("config", "config", config, "client", client)
	shown := log.String() + fmt.Sprintf("%v %+v %#v %s %v %+v %#v %s", config, config, config, config, client, client, client, client)
	_, err := client.Send(t.Context(), event("e", `{}`))
	shown += fmt.Sprintf("%v", err)

	config.SigningKey = "signkey-test-" + secret + "-not-hexadecimal"
	_, err = inngest.NewClient(config)
	if err == nil {
		t.Fatal("a signing key that cannot be hashed is accepted")
	}
	shown += err.Error()
	if at := strings.Index(shown, secret); at >= 0 {
		t.Errorf("a key is shown: …%s…", shown[max(0, at-200):at+len(secret)])
	}
}

type writerFunc func([]byte)

func (f writerFunc) Write(b []byte) (int, error) {
	f(b)
	return len(b), nil
}

// logFields reads a line of slog's text handler.
func logFields(line string) map[string]string {
	fields := map[string]string{}
	for rest := strings.TrimSpace(line); rest != ""; {
		key, after, _ := strings.Cut(rest, "=")
		var value string
		if strings.HasPrefix(after, `"`) {
			value, rest, _ = strings.Cut(after[1:], `"`)
		} else {
			value, rest, _ = strings.Cut(after, " ")
		}
		fields[strings.TrimSpace(key)] = value
		rest = strings.TrimSpace(rest)
	}
	return fields
}
