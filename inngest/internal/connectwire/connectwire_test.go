package connectwire_test

import (
	"encoding/hex"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/workflowkit/workflowkit-go/inngest/internal/connectwire"
)

func TestRoundTrips(t *testing.T) {
	t.Parallel()
	request := connectwire.Request{
		RequestID: "r", AccountID: "a", EnvID: "e", AppID: "i", AppName: "n", FunctionID: "f", FunctionSlug: "n-f", StepID: "step",
		Payload: []byte(`{}`), SystemTrace: []byte("s"), UserTrace: []byte("u"), RunID: "run", LeaseID: "lease", JobID: "job",
	}
	ref := request.Ref("lease")
	ref.SystemTrace, ref.UserTrace = nil, nil // are not read back
	cases := map[string]struct {
		want any
		read func() (any, error)
	}{
		"a message": {
			connectwire.Message{Kind: connectwire.WorkerReply, Payload: []byte("x")},
			func() (any, error) {
				return connectwire.ParseMessage(connectwire.Message{Kind: connectwire.WorkerReply, Payload: []byte("x")}.Marshal())
			},
		},
		"an empty message": {
			connectwire.Message{},
			func() (any, error) { return connectwire.ParseMessage(connectwire.Message{}.Marshal()) },
		},
		"a request": {request, func() (any, error) { return connectwire.ParseRequest(request.Marshal()) }},
		"a reference to a request": {
			ref, func() (any, error) { return connectwire.ParseRequestRef(request.Ref("lease").Marshal()) },
		},
		"a response": {
			connectwire.Response{
				RequestID: "r", AccountID: "a", EnvID: "e", AppID: "i", RunID: "run", SystemTrace: []byte("s"), UserTrace: []byte("u"),
				Status: connectwire.Failed, Body: []byte("b"), NoRetry: true, RetryAfter: "t", SDKVersion: "go:v1", RequestVersion: 2,
			},
			func() (any, error) {
				return connectwire.ParseResponse(connectwire.Response{
					RequestID: "r", AccountID: "a", EnvID: "e", AppID: "i", RunID: "run", SystemTrace: []byte("s"), UserTrace: []byte("u"),
					Status: connectwire.Failed, Body: []byte("b"), NoRetry: true, RetryAfter: "t", SDKVersion: "go:v1", RequestVersion: 2,
				}.Marshal())
			},
		},
		"a lease": {
			connectwire.LeaseAck{RequestID: "r", NewLeaseID: "l"},
			func() (any, error) {
				return connectwire.ParseLeaseAck(connectwire.LeaseAck{RequestID: "r", NewLeaseID: "l"}.Marshal())
			},
		},
		"an acknowledgement": {
			connectwire.ReplyAck{RequestID: "r"}, func() (any, error) { return connectwire.ParseReplyAck(connectwire.ReplyAck{RequestID: "r"}.Marshal()) },
		},
		"ready": {
			connectwire.Ready{HeartbeatInterval: "10s", ExtendLeaseInterval: "5s", StatusInterval: "0s"},
			func() (any, error) {
				return connectwire.ParseReady(connectwire.Ready{HeartbeatInterval: "10s", ExtendLeaseInterval: "5s", StatusInterval: "0s"}.Marshal())
			},
		},
		"start": {
			connectwire.StartRequest{ExcludeGateways: []string{"a", "b"}},
			func() (any, error) {
				return connectwire.ParseStartRequest(connectwire.StartRequest{ExcludeGateways: []string{"a", "b"}}.Marshal())
			},
		},
		"started": {
			connectwire.StartResponse{ConnectionID: "c", GatewayEndpoint: "ws://g", GatewayGroup: "g", SessionToken: "s", SyncToken: "y"},
			func() (any, error) {
				return connectwire.ParseStartResponse(connectwire.StartResponse{ConnectionID: "c", GatewayEndpoint: "ws://g", GatewayGroup: "g", SessionToken: "s", SyncToken: "y"}.Marshal())
			},
		},
		"a worker": {
			connectwire.Connect{
				ConnectionID: "c", SessionToken: "s", SyncToken: "y", InstanceID: "i", Capabilities: []byte("{}"), Environment: "e",
				Framework: "f", Platform: "p", SDKVersion: "v", SDKLanguage: "go", MaxConcurrency: 7,
				Apps: []connectwire.App{{Name: "a", Version: "1", Functions: []byte("[]")}, {Name: "b"}},
			},
			func() (any, error) {
				return connectwire.ParseConnect(connectwire.Connect{
					ConnectionID: "c", SessionToken: "s", SyncToken: "y", InstanceID: "i", Capabilities: []byte("{}"), Environment: "e",
					Framework: "f", Platform: "p", SDKVersion: "v", SDKLanguage: "go", MaxConcurrency: 7, CPUCores: 2, MemBytes: 3, OS: "linux",
					Apps: []connectwire.App{{Name: "a", Version: "1", Functions: []byte("[]")}, {Name: "b"}}, StartedAt: time.Unix(1, 2),
				}.Marshal())
			},
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := tc.read()
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("read back (-want +got):\n%s", diff)
			}
		})
	}
}

// The bytes are those that protoc's code makes for the published definitions.
func TestBytes(t *testing.T) {
	t.Parallel()
	for want, got := range map[string][]byte{
		"0806" + "1203" + "0a0172": connectwire.Message{Kind: connectwire.WorkerReply, Payload: connectwire.ReplyAck{RequestID: "r"}.Marshal()}.Marshal(),
		"0a0172" + "32016c":        connectwire.LeaseAck{RequestID: "r", NewLeaseID: "l"}.Marshal(),
		"0a0172" + "2802" + "3201" + "62" + "3801" + "5002": connectwire.Response{
			RequestID: "r", Status: connectwire.Failed, Body: []byte("b"), NoRetry: true, RequestVersion: 2,
		}.Marshal(),
		"0a0161" + "0a0162" + "1001": connectwire.StatusReport{InFlight: []string{"a", "b"}, ShutdownRequested: true}.Marshal(),
	} {
		if hex.EncodeToString(got) != want {
			t.Errorf("bytes are %x, want %s", got, want)
		}
	}
}

// Fields of a later version are skipped.
func TestUnknownFields(t *testing.T) {
	t.Parallel()
	raw, err := hex.DecodeString("0a0172" + "f20101" + "78" + "9906000000000000f03f" + "9d0600000000")
	if err != nil {
		t.Fatal(err)
	}
	got, err := connectwire.ParseReplyAck(raw)
	if err != nil || got.RequestID != "r" {
		t.Errorf("%+v, %v", got, err)
	}
}

// Nothing that comes over a connection makes a reader panic.
func FuzzParse(f *testing.F) {
	f.Add([]byte{})
	f.Add(connectwire.Message{Kind: connectwire.ExecutorRequest, Payload: connectwire.Request{RequestID: "r", Payload: []byte("{}")}.Marshal()}.Marshal())
	f.Add(connectwire.Connect{ConnectionID: "c", Apps: []connectwire.App{{Name: "a"}}}.Marshal())
	f.Add([]byte{0x0a, 0xff, 0xff, 0xff, 0xff, 0x0f})
	f.Fuzz(func(t *testing.T, raw []byte) {
		if m, err := connectwire.ParseMessage(raw); err == nil {
			again, err := connectwire.ParseMessage(m.Marshal())
			if err != nil || again.Kind != m.Kind || string(again.Payload) != string(m.Payload) {
				t.Errorf("%+v is read back as %+v, %v", m, again, err)
			}
		}
		_, _ = connectwire.ParseConnect(raw)
		_, _ = connectwire.ParseLeaseAck(raw)
		_, _ = connectwire.ParseReady(raw)
		_, _ = connectwire.ParseReplyAck(raw)
		_, _ = connectwire.ParseRequest(raw)
		_, _ = connectwire.ParseRequestRef(raw)
		_, _ = connectwire.ParseResponse(raw)
		_, _ = connectwire.ParseStartRequest(raw)
		_, _ = connectwire.ParseStartResponse(raw)
	})
}
