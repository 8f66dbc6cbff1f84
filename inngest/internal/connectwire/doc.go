// Package connectwire is the wire format of Inngest's Connect protocol: the few Protocol Buffers messages that a worker
// and a gateway exchange in binary WebSocket frames, and those of the HTTP API by which a worker finds a gateway.
//
// It is written by hand over protowire, because the generated code belongs to a module with another licence. Fields that
// a peer adds later are skipped, as Protocol Buffers ask for.
package connectwire

// Subprotocol is the WebSocket sub-protocol of a connection.
const Subprotocol = "v0.connect.inngest.com"
