package connectwire

import "google.golang.org/protobuf/encoding/protowire"

// StartRequest asks the API where to connect to.
type StartRequest struct {
	// ExcludeGateways are groups of gateways not to be sent to.
	ExcludeGateways []string
}

// Marshal returns the encoded message.
func (r StartRequest) Marshal() []byte {
	var b []byte
	for _, group := range r.ExcludeGateways {
		b = appendText(b, 1, group)
	}
	return b
}

// ParseStartRequest reads a StartRequest.
func ParseStartRequest(b []byte) (r StartRequest, err error) {
	err = parse(b, func(n protowire.Number, f field) {
		if n == 1 {
			r.ExcludeGateways = append(r.ExcludeGateways, f.text())
		}
	})
	return r, err
}

// StartResponse says where to connect to, and what proves there that one may.
type StartResponse struct {
	// ConnectionID is a ULID.
	ConnectionID string
	// GatewayEndpoint is a WebSocket URL.
	GatewayEndpoint string
	// GatewayGroup names the gateway for [StartRequest].
	GatewayGroup string
	// SessionToken and SyncToken belong into [Connect]. They are secret.
	SessionToken, SyncToken string
}

// Marshal returns the encoded message.
func (r StartResponse) Marshal() []byte {
	b := appendText(nil, 1, r.ConnectionID)
	b = appendText(b, 2, r.GatewayEndpoint)
	b = appendText(b, 3, r.GatewayGroup)
	b = appendText(b, 4, r.SessionToken)
	return appendText(b, 5, r.SyncToken)
}

// ParseStartResponse reads a StartResponse.
func ParseStartResponse(b []byte) (r StartResponse, err error) {
	err = parse(b, func(n protowire.Number, f field) {
		switch n {
		case 1:
			r.ConnectionID = f.text()
		case 2:
			r.GatewayEndpoint = f.text()
		case 3:
			r.GatewayGroup = f.text()
		case 4:
			r.SessionToken = f.text()
		case 5:
			r.SyncToken = f.text()
		}
	})
	return r, err
}
