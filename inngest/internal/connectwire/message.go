package connectwire

import "google.golang.org/protobuf/encoding/protowire"

// Kind says what a [Message] holds.
type Kind uint64

// The kinds of messages, and who sends them.
const (
	GatewayHello         Kind = 0  // gateway: the first message
	WorkerConnect        Kind = 1  // worker: [Connect]
	GatewayReady         Kind = 2  // gateway: [Ready]
	ExecutorRequest      Kind = 3  // gateway: [Request]
	WorkerReady          Kind = 4  // worker, only if it has asked to say so itself
	WorkerRequestAck     Kind = 5  // worker: [RequestRef]
	WorkerReply          Kind = 6  // worker: [Response]
	WorkerReplyAck       Kind = 7  // gateway: [ReplyAck]
	WorkerPause          Kind = 8  // worker: no more requests, please
	WorkerHeartbeat      Kind = 9  // worker
	GatewayHeartbeat     Kind = 10 // gateway
	GatewayClosing       Kind = 11 // gateway: connect to another one
	WorkerExtendLease    Kind = 12 // worker: [RequestRef]
	WorkerExtendLeaseAck Kind = 13 // gateway: [LeaseAck]
	GatewaySyncFailed    Kind = 14 // gateway: the functions were refused
	WorkerStatusReport   Kind = 15 // worker: [StatusReport]
)

// Message is the envelope of everything that goes over a connection.
type Message struct {
	// Kind says what Payload is.
	Kind Kind
	// Payload is the message in the envelope. It may be empty.
	Payload []byte
}

// Marshal returns the encoded message.
func (m Message) Marshal() []byte {
	b := appendUint(nil, 1, uint64(m.Kind))
	return appendBytes(b, 2, m.Payload)
}

// ParseMessage reads an envelope.
func ParseMessage(b []byte) (m Message, err error) {
	err = parse(b, func(n protowire.Number, f field) {
		switch n {
		case 1:
			m.Kind = Kind(f.number)
		case 2:
			m.Payload = f.bytes
		}
	})
	return m, err
}
