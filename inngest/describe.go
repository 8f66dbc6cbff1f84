package inngest

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"sort"
	"strings"
	"time"

	"github.com/inngest/inngestgo"
)

// newDescribeKey returns a signing key that never leaves the process: inngestgo tells the configuration of functions
// only to who signs, and this package asks it in the name of whoever has been let through.
func newDescribeKey() string {
	raw := make([]byte, 32)
	_, _ = rand.Read(raw) // never fails
	return hex.EncodeToString(raw)
}

// describeFunctions returns the configuration of all functions, as the server wants it, for an app that is served at
// appURL. The order is that of the ids.
func (c *Client) describeFunctions(ctx context.Context, appURL string) ([]json.RawMessage, error) {
	body, err := json.Marshal(map[string]string{"url": appURL})
	if err != nil {
		return nil, err
	}
	signature, err := inngestgo.Sign(ctx, time.Now(), []byte(c.describeKey), body)
	if err != nil {
		return nil, err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPut, appURL, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	req.Header.Set(inngestgo.HeaderKeySignature, signature)
	answer := newRecorder()
	c.describe.ServeHTTP(answer, req)
	var described struct {
		Functions []map[string]json.RawMessage `json:"functions"`
	}
	if answer.status != http.StatusOK {
		return nil, fmt.Errorf("describe functions: %d %s", answer.status, bytes.TrimSpace(answer.body.Bytes()))
	}
	if err := json.Unmarshal(answer.body.Bytes(), &described); err != nil {
		return nil, fmt.Errorf("describe functions: %w", err)
	}
	// inngestgo lists them in random order, which looks like a change to who compares two syncs.
	sort.Slice(described.Functions, func(i, j int) bool {
		return string(described.Functions[i]["id"]) < string(described.Functions[j]["id"])
	})
	functions := make([]json.RawMessage, len(described.Functions))
	for i, f := range described.Functions {
		// The field's name is not that of the specification, and it is there when it is empty.
		if singleton := f["Singleton"]; len(singleton) > 0 {
			delete(f, "Singleton")
			if string(singleton) != "null" {
				f["singleton"] = singleton
			}
		}
		if f["steps"], err = describeStep(f["steps"]); err != nil {
			return nil, fmt.Errorf("describe functions: %w", err)
		}
		if functions[i], err = json.Marshal(f); err != nil {
			return nil, err
		}
	}
	return functions, nil
}

// describeStep completes the address of a function, in which inngestgo leaves out which step is meant at first.
func describeStep(raw json.RawMessage) (json.RawMessage, error) {
	var steps map[string]map[string]any
	if err := json.Unmarshal(raw, &steps); err != nil {
		return nil, err
	}
	runtime, _ := steps["step"]["runtime"].(map[string]any)
	text, _ := runtime["url"].(string)
	u, err := url.Parse(text)
	if err != nil {
		return nil, err
	}
	query := u.Query()
	query.Del("step")
	query.Set("stepId", "step")
	u.RawQuery = query.Encode()
	steps["step"]["runtime"] = map[string]any{"type": "http", "url": u.String()}
	return json.Marshal(steps)
}

// appURL applies the configured origin and path to the URL at which a request found the app.
func (s settings) appURL(found *url.URL) (*url.URL, error) {
	u := *found
	if s.serveOrigin != "" {
		origin, err := url.Parse(s.serveOrigin)
		if err != nil {
			return nil, err
		}
		u.Scheme, u.Host = origin.Scheme, origin.Host
		if s.servePath == "" {
			u.Path = strings.TrimRight(origin.Path, "/") + u.Path
		}
	}
	if s.servePath != "" {
		u.Path = s.servePath
	}
	u.RawPath = ""
	// These name the sync and the function, not the app.
	query := u.Query()
	for _, name := range []string{"deployId", "fnId", "stepId", "step"} {
		query.Del(name)
	}
	u.RawQuery = query.Encode()
	if u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
		return nil, fmt.Errorf("URL %q of the app: http:// or https:// with a host is needed", u.Redacted())
	}
	return &u, nil
}
