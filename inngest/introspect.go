package inngest

import (
	"crypto/sha256"
	"encoding/hex"
	"net/http"

	"github.com/inngest/inngestgo"
)

// introspection says what is configured, without secrets. The embedded part is for everybody who may call at all, the
// rest for who can sign. Its fields and their names are those of schema 2024-05-24.
type introspection struct {
	publicIntrospection
	APIOrigin              string            `json:"api_origin"`
	AppID                  string            `json:"app_id"`
	Capabilities           map[string]string `json:"capabilities"`
	Env                    *string           `json:"env"`
	EventAPIOrigin         string            `json:"event_api_origin"`
	EventKeyHash           *string           `json:"event_key_hash"`
	Framework              string            `json:"framework"`
	SDKLanguage            string            `json:"sdk_language"`
	SDKVersion             string            `json:"sdk_version"`
	ServeOrigin            *string           `json:"serve_origin"`
	ServePath              *string           `json:"serve_path"`
	SigningKeyFallbackHash *string           `json:"signing_key_fallback_hash"`
	SigningKeyHash         *string           `json:"signing_key_hash"`
}

type publicIntrospection struct {
	AuthenticationSucceeded *bool  `json:"authentication_succeeded"`
	FunctionCount           int    `json:"function_count"`
	HasEventKey             bool   `json:"has_event_key"`
	HasSigningKey           bool   `json:"has_signing_key"`
	HasSigningKeyFallback   bool   `json:"has_signing_key_fallback"`
	Mode                    string `json:"mode"`
	SchemaVersion           string `json:"schema_version"`
}

// introspect answers GET. authenticated is nil for a request without a signature.
func (c *Client) introspect(w http.ResponseWriter, authenticated *bool) {
	all := c.inspection()
	if authenticated != nil && *authenticated {
		respond(w, http.StatusOK, all)
		return
	}
	all.AuthenticationSucceeded = authenticated
	respond(w, http.StatusOK, all.publicIntrospection)
}

func (c *Client) inspection() introspection {
	s := c.settings
	return introspection{
		publicIntrospection: publicIntrospection{
			AuthenticationSucceeded: new(true),
			FunctionCount:           c.functionCount(),
			HasEventKey:             s.eventKey != "",
			HasSigningKey:           s.signingKey != "",
			HasSigningKeyFallback:   s.signingKeyFB != "",
			Mode:                    s.mode(),
			SchemaVersion:           "2024-05-24",
		},
		APIOrigin:              redactURL(s.apiURL),
		AppID:                  c.appID,
		Capabilities:           capabilities,
		Env:                    optional(s.env),
		EventAPIOrigin:         redactURL(s.eventURL),
		EventKeyHash:           hashEventKey(s.eventKey),
		Framework:              framework,
		SDKLanguage:            inngestgo.SDKLanguage,
		SDKVersion:             inngestgo.SDKVersion,
		ServeOrigin:            optional(s.serveOrigin),
		ServePath:              optional(s.servePath),
		SigningKeyFallbackHash: optional(hashOrEmpty(s.signingKeyFB)),
		SigningKeyHash:         optional(hashOrEmpty(s.signingKey)),
	}
}

func hashOrEmpty(signingKey string) string {
	if signingKey == "" {
		return ""
	}
	return hashSigningKey(signingKey)
}

func hashEventKey(key string) *string {
	if key == "" {
		return nil
	}
	sum := sha256.Sum256([]byte(key))
	return optional(hex.EncodeToString(sum[:]))
}

func (c *Client) functionCount() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return len(c.functions)
}
