package inngest

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"

	"github.com/inngest/inngestgo"
)

// callAPI makes an authenticated request to the server's API and decodes the answer into v, unless that is nil. If a key
// is refused the other one is tried, and the one that was accepted last is tried first.
func (c *Client) callAPI(ctx context.Context, method, path string, header http.Header, body []byte, v any) error {
	raw, err := c.callAPIRaw(ctx, method, path, header, body)
	if err != nil || v == nil {
		return err
	}
	return json.Unmarshal(raw, v)
}

// callAPIRaw is like callAPI for an answer that is no JSON.
func (c *Client) callAPIRaw(ctx context.Context, method, path string, header http.Header, body []byte) (raw []byte, err error) {
	keys := c.settings.signingKeys()
	if len(keys) == 0 {
		keys = []string{""}
	}
	first := c.acceptedKey.Load()
	for i := range keys {
		n := (int(first) + i) % len(keys)
		var refused bool
		if raw, refused, err = c.callWithKey(ctx, method, path, keys[n], header, body); !refused {
			c.acceptedKey.Store(int32(n))
			return raw, err
		}
	}
	return nil, err
}

// setHeaders sets what every request to the server says.
func (c *Client) setHeaders(header http.Header) {
	header.Set(inngestgo.HeaderKeyContentType, "application/json")
	header.Set(inngestgo.HeaderKeySDK, inngestgo.HeaderValueSDK)
	header.Set(inngestgo.HeaderKeyUserAgent, inngestgo.HeaderValueSDK)
	header.Set(inngestgo.HeaderKeyReqVersion, requestVersion)
	header.Set(headerFramework, framework)
	if c.settings.platform != "" {
		header.Set(headerPlatform, c.settings.platform)
	}
	if c.settings.env != "" {
		header.Set(inngestgo.HeaderKeyEnv, c.settings.env)
	}
}

func (c *Client) callWithKey(ctx context.Context, method, path, key string, header http.Header, body []byte) (raw []byte, refused bool, err error) {
	req, err := http.NewRequestWithContext(ctx, method, c.settings.apiURL+path, bytes.NewReader(body))
	if err != nil {
		return nil, false, err
	}
	c.setHeaders(req.Header)
	for name, values := range header {
		req.Header[name] = values
	}
	if key != "" {
		req.Header.Set(inngestgo.HeaderKeyAuthorization, "Bearer "+hashSigningKey(key))
	}
	resp, err := c.http.Do(req)
	if err != nil {
		return nil, false, err
	}
	defer func() { _ = resp.Body.Close() }()
	raw, err = io.ReadAll(io.LimitReader(resp.Body, hydratedBodyLimit+1))
	switch {
	case err != nil:
		return nil, false, err
	case len(raw) > hydratedBodyLimit:
		return nil, false, fmt.Errorf("%s answered more than %d bytes", path, hydratedBodyLimit)
	case resp.StatusCode/100 != 2:
		refused = resp.StatusCode == http.StatusUnauthorized || resp.StatusCode == http.StatusForbidden
		return nil, refused, apiError(path, resp.StatusCode, raw)
	}
	return raw, false, nil
}

// apiStatusError is an answer of the API that is not what was asked for.
type apiStatusError struct {
	path    string
	status  int
	message string
}

// Error implements error.
func (e *apiStatusError) Error() string {
	if e.message == "" {
		return fmt.Sprintf("%s answered %d", e.path, e.status)
	}
	return fmt.Sprintf("%s answered %d: %s", e.path, e.status, e.message)
}

// apiError returns the error that an answer of the API stands for.
func apiError(path string, status int, body []byte) error {
	var answer struct {
		Error string `json:"error"`
	}
	_ = json.Unmarshal(body, &answer) // what is not JSON is not shown
	return &apiStatusError{path, status, answer.Error}
}
