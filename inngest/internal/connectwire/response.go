package connectwire

import "google.golang.org/protobuf/encoding/protowire"

// Status says what a [Response] is.
type Status uint64

// The statuses, and those of HTTP to which they correspond.
const (
	NotCompleted Status = 0 // 206: the body holds operations
	Done         Status = 1 // 200: the body is the result of the function
	Failed       Status = 2 // 500: the body is an error
)

// Response is the answer to a [Request].
type Response struct {
	// RequestID, AccountID, EnvID, AppID, RunID, SystemTrace and UserTrace are those of the request.
	RequestID, AccountID, EnvID, AppID, RunID string
	SystemTrace, UserTrace                    []byte
	// Status says what Body is.
	Status Status
	// Body is JSON.
	Body []byte
	// NoRetry asks not to try again.
	NoRetry bool
	// RetryAfter is when to try again, as RFC 3339. Empty leaves it to the server.
	RetryAfter string
	// SDKVersion is the value of the header X-Inngest-SDK.
	SDKVersion string
	// RequestVersion is the version of the protocol.
	RequestVersion uint64
}

// Marshal returns the encoded message.
func (r Response) Marshal() []byte {
	b := appendText(nil, 1, r.RequestID)
	b = appendText(b, 2, r.AccountID)
	b = appendText(b, 3, r.EnvID)
	b = appendText(b, 4, r.AppID)
	b = appendUint(b, 5, uint64(r.Status))
	b = appendBytes(b, 6, r.Body)
	b = appendBool(b, 7, r.NoRetry)
	b = appendText(b, 8, r.RetryAfter)
	b = appendText(b, 9, r.SDKVersion)
	b = appendUint(b, 10, r.RequestVersion)
	b = appendBytes(b, 11, r.SystemTrace)
	b = appendBytes(b, 12, r.UserTrace)
	return appendText(b, 13, r.RunID)
}

// ParseResponse reads a Response.
func ParseResponse(b []byte) (r Response, err error) {
	err = parse(b, func(n protowire.Number, f field) {
		switch n {
		case 1:
			r.RequestID = f.text()
		case 2:
			r.AccountID = f.text()
		case 3:
			r.EnvID = f.text()
		case 4:
			r.AppID = f.text()
		case 5:
			r.Status = Status(f.number)
		case 6:
			r.Body = f.bytes
		case 7:
			r.NoRetry = f.number != 0
		case 8:
			r.RetryAfter = f.text()
		case 9:
			r.SDKVersion = f.text()
		case 10:
			r.RequestVersion = f.number
		case 11:
			r.SystemTrace = f.bytes
		case 12:
			r.UserTrace = f.bytes
		case 13:
			r.RunID = f.text()
		}
	})
	return r, err
}

// ReplyAck acknowledges a [Response].
type ReplyAck struct{ RequestID string }

// Marshal returns the encoded message.
func (a ReplyAck) Marshal() []byte { return appendText(nil, 1, a.RequestID) }

// ParseReplyAck reads a ReplyAck.
func ParseReplyAck(b []byte) (a ReplyAck, err error) {
	err = parse(b, func(n protowire.Number, f field) {
		if n == 1 {
			a.RequestID = f.text()
		}
	})
	return a, err
}

// StatusReport says what a worker is doing.
type StatusReport struct {
	// InFlight are the ids of the requests that it executes.
	InFlight []string
	// ShutdownRequested is set when it is about to leave.
	ShutdownRequested bool
}

// Marshal returns the encoded message.
func (s StatusReport) Marshal() []byte {
	var b []byte
	for _, id := range s.InFlight {
		b = appendText(b, 1, id)
	}
	return appendBool(b, 2, s.ShutdownRequested)
}
