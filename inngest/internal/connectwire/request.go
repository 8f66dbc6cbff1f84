package connectwire

import "google.golang.org/protobuf/encoding/protowire"

// Request asks a worker to go on with a run.
type Request struct {
	// RequestID identifies the request, also when it is sent again.
	RequestID string
	// AccountID, EnvID and AppID are the server's own, and are repeated in what is said about the request.
	AccountID, EnvID, AppID string
	// AppName is the id of the app.
	AppName string
	// FunctionID and FunctionSlug identify the function; the slug is the id with that of the app.
	FunctionID, FunctionSlug string
	// StepID is the hash of the step to execute, or "step".
	StepID string
	// Payload is what a call over HTTP has as its body.
	Payload []byte
	// SystemTrace and UserTrace are JSON objects of trace headers.
	SystemTrace, UserTrace []byte
	// RunID is that of the run.
	RunID string
	// LeaseID proves that the worker may work on the request, until it has to be extended.
	LeaseID string
	// JobID is that of the item in the server's queue.
	JobID string
}

// Marshal returns the encoded message.
func (r Request) Marshal() []byte {
	b := appendText(nil, 1, r.RequestID)
	b = appendText(b, 2, r.AccountID)
	b = appendText(b, 3, r.EnvID)
	b = appendText(b, 4, r.AppID)
	b = appendText(b, 5, r.AppName)
	b = appendText(b, 6, r.FunctionID)
	b = appendText(b, 7, r.FunctionSlug)
	b = appendText(b, 8, r.StepID)
	b = appendBytes(b, 9, r.Payload)
	b = appendBytes(b, 10, r.SystemTrace)
	b = appendBytes(b, 11, r.UserTrace)
	b = appendText(b, 12, r.RunID)
	b = appendText(b, 13, r.LeaseID)
	return appendText(b, 14, r.JobID)
}

// ParseRequest reads a Request.
func ParseRequest(b []byte) (r Request, err error) {
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
			r.AppName = f.text()
		case 6:
			r.FunctionID = f.text()
		case 7:
			r.FunctionSlug = f.text()
		case 8:
			r.StepID = f.text()
		case 9:
			r.Payload = f.bytes
		case 10:
			r.SystemTrace = f.bytes
		case 11:
			r.UserTrace = f.bytes
		case 12:
			r.RunID = f.text()
		case 13:
			r.LeaseID = f.text()
		case 14:
			r.JobID = f.text()
		}
	})
	return r, err
}

// Ref returns what acknowledges the request, or extends its lease.
func (r Request) Ref(leaseID string) RequestRef {
	return RequestRef{
		RequestID: r.RequestID, AccountID: r.AccountID, EnvID: r.EnvID, AppID: r.AppID, FunctionSlug: r.FunctionSlug,
		StepID: r.StepID, SystemTrace: r.SystemTrace, UserTrace: r.UserTrace, RunID: r.RunID, LeaseID: leaseID,
	}
}

// RequestRef refers to a request: without a lease to acknowledge it, with one to extend it.
type RequestRef struct {
	RequestID, AccountID, EnvID, AppID, FunctionSlug, StepID string
	SystemTrace, UserTrace                                   []byte
	RunID, LeaseID                                           string
}

// Marshal returns the encoded message.
func (r RequestRef) Marshal() []byte {
	b := appendText(nil, 1, r.RequestID)
	b = appendText(b, 2, r.AccountID)
	b = appendText(b, 3, r.EnvID)
	b = appendText(b, 4, r.AppID)
	b = appendText(b, 5, r.FunctionSlug)
	b = appendText(b, 6, r.StepID)
	b = appendBytes(b, 7, r.SystemTrace)
	b = appendBytes(b, 8, r.UserTrace)
	b = appendText(b, 9, r.RunID)
	return appendText(b, 10, r.LeaseID)
}

// ParseRequestRef reads a RequestRef, without the traces.
func ParseRequestRef(b []byte) (r RequestRef, err error) {
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
			r.FunctionSlug = f.text()
		case 6:
			r.StepID = f.text()
		case 9:
			r.RunID = f.text()
		case 10:
			r.LeaseID = f.text()
		}
	})
	return r, err
}

// LeaseAck answers the extension of a lease.
type LeaseAck struct {
	// RequestID is that of the request.
	RequestID string
	// NewLeaseID is the lease from now on. Empty means that the worker has lost the request.
	NewLeaseID string
}

// Marshal returns the encoded message.
func (a LeaseAck) Marshal() []byte {
	return appendText(appendText(nil, 1, a.RequestID), 6, a.NewLeaseID)
}

// ParseLeaseAck reads a LeaseAck.
func ParseLeaseAck(b []byte) (a LeaseAck, err error) {
	err = parse(b, func(n protowire.Number, f field) {
		switch n {
		case 1:
			a.RequestID = f.text()
		case 6:
			a.NewLeaseID = f.text()
		}
	})
	return a, err
}
