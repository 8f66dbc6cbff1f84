package inngest

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"

	"github.com/inngest/inngestgo"
)

// registration is what the server is told about the app.
type registration struct {
	Version      string              `json:"v"`
	URL          string              `json:"url"`
	DeployType   string              `json:"deployType"`
	SDK          string              `json:"sdk"`
	Framework    string              `json:"framework"`
	AppName      string              `json:"appName"`
	AppVersion   string              `json:"appVersion,omitempty"`
	Functions    []json.RawMessage   `json:"functions"`
	Headers      registrationHeaders `json:"headers"`
	Capabilities map[string]string   `json:"capabilities"`
}

type registrationHeaders struct {
	Env      string `json:"env"`
	Platform string `json:"platform"`
}

// capabilities are the parts of the protocol that the handler speaks.
var capabilities = map[string]string{"connect": "v1", "in_band_sync": "v1", "trust_probe": "v1"}

// Sync registers the app's functions with the Inngest server, as served at appURL, for instance
// "https://app.example.com/api/inngest"; Config.ServeOrigin and ServePath take precedence over its parts. Most servers
// do not need it because they ask the handler. It is for deploy scripts, and for programs that know when they are ready.
func (c *Client) Sync(ctx context.Context, appURL string) error {
	u, err := url.Parse(appURL)
	if err == nil {
		u, err = c.settings.appURL(u)
	}
	if err == nil {
		_, err = c.registerApp(ctx, u.String(), "", "")
	}
	if err != nil {
		return fmt.Errorf("sync app %q: %w", c.appID, err)
	}
	return nil
}

// registerApp tells the server about the app, and returns whether that was news. syncID and serverKind come from the
// server's request, if there is one.
func (c *Client) registerApp(ctx context.Context, appURL, syncID, serverKind string) (modified bool, err error) {
	functions, err := c.describeFunctions(ctx, appURL)
	if err != nil {
		return false, err
	}
	body, err := json.Marshal(registration{
		Version: "0.1", URL: appURL, DeployType: "ping", SDK: inngestgo.HeaderValueSDK, Framework: framework,
		AppName: c.appID, AppVersion: c.appVersion, Functions: functions,
		Headers: registrationHeaders{Env: c.settings.env, Platform: c.settings.platform}, Capabilities: capabilities,
	})
	if err != nil {
		return false, err
	}
	path := "/fn/register"
	if syncID != "" {
		path += "?" + url.Values{"deployId": {syncID}}.Encode()
	}
	header := http.Header{}
	if serverKind != "" {
		header.Set(inngestgo.HeaderKeyExpectedServerKind, serverKind)
	}
	var answer struct {
		Modified bool `json:"modified"`
	}
	if err := c.callAPI(ctx, http.MethodPost, path, header, body, &answer); err != nil {
		return false, fmt.Errorf("register with %s: %w", redactURL(c.settings.apiURL), err)
	}
	c.logger.Info("inngest app is registered", "app_id", c.appID, "url", appURL, "functions", len(functions), "modified", answer.Modified)
	return answer.Modified, nil
}

// serveSync answers PUT. The server asks in one of two ways: signed, and then the answer itself describes the app, or
// unsigned, and then the app has to call the server.
func (h *handler) serveSync(w http.ResponseWriter, r *http.Request, body []byte, key string) {
	if key == "" || h.settings.outOfBandOnly {
		h.syncOutOfBand(w, r)
		return
	}
	h.syncInBand(w, r, body, key)
}

func (h *handler) syncOutOfBand(w http.ResponseWriter, r *http.Request) {
	found := *r.URL
	found.Scheme, found.Host = "http", r.Host
	if r.TLS != nil {
		found.Scheme = "https"
	}
	if proto := r.Header.Get("X-Forwarded-Proto"); proto == "http" || proto == "https" {
		found.Scheme = proto
	}
	modified := false
	appURL, err := h.settings.appURL(&found)
	if err == nil {
		modified, err = h.registerApp(r.Context(), appURL.String(), r.URL.Query().Get("deployId"), r.Header.Get(inngestgo.HeaderKeyServerKind))
	}
	if err != nil {
		h.logger.Error("inngest app could not be registered", "app_id", h.appID, "error", err)
		respond(w, http.StatusInternalServerError, map[string]any{"message": err.Error(), "modified": false})
		return
	}
	w.Header().Set(inngestgo.HeaderKeySyncKind, inngestgo.SyncKindOutOfBand)
	respond(w, http.StatusOK, map[string]any{"message": "Successfully synced.", "modified": modified})
}

// inBandAnswer describes the app to a server that asked with a signature.
type inBandAnswer struct {
	AppID       string            `json:"app_id"`
	Env         *string           `json:"env"`
	Framework   string            `json:"framework"`
	Functions   []json.RawMessage `json:"functions"`
	Inspection  introspection     `json:"inspection"`
	Platform    *string           `json:"platform"`
	SDKAuthor   string            `json:"sdk_author"`
	SDKLanguage string            `json:"sdk_language"`
	SDKVersion  string            `json:"sdk_version"`
	URL         string            `json:"url"`
}

func (h *handler) syncInBand(w http.ResponseWriter, r *http.Request, body []byte, key string) {
	var request struct {
		URL string `json:"url"`
	}
	err := json.Unmarshal(body, &request)
	var appURL *url.URL
	if err == nil {
		if appURL, err = url.Parse(request.URL); err == nil {
			appURL, err = h.settings.appURL(appURL)
		}
	}
	if err != nil {
		respondError(w, http.StatusBadRequest, "BadRequest", "malformed input: "+err.Error())
		return
	}
	if h.settings.apiURL != defaultAPIURL {
		// Self-hosted servers ask with a signature, but read nothing of the answer.
		if _, err := h.registerApp(r.Context(), appURL.String(), "", r.Header.Get(inngestgo.HeaderKeyServerKind)); err != nil {
			h.logger.Warn("inngest app could not be registered, the server may read the answer to its request", "app_id", h.appID, "error", err)
		}
	}
	functions, err := h.describeFunctions(r.Context(), appURL.String())
	if err != nil {
		respondError(w, http.StatusInternalServerError, "Error", err.Error())
		return
	}
	answer, err := json.Marshal(inBandAnswer{
		AppID: h.appID, Env: optional(h.settings.env), Framework: framework, Functions: functions,
		Inspection: h.inspection(), Platform: optional(h.settings.platform), SDKAuthor: inngestgo.SDKAuthor, SDKLanguage: inngestgo.SDKLanguage,
		SDKVersion: inngestgo.SDKVersion, URL: appURL.String(),
	})
	if err != nil {
		respondError(w, http.StatusInternalServerError, "Error", err.Error())
		return
	}
	w.Header().Set(inngestgo.HeaderKeySignature, signatureHeader(key, h.now(), answer))
	w.Header().Set(inngestgo.HeaderKeySyncKind, inngestgo.SyncKindInBand)
	respond(w, http.StatusOK, json.RawMessage(answer))
}
