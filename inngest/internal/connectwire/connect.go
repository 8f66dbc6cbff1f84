package connectwire

import (
	"time"

	"google.golang.org/protobuf/encoding/protowire"
)

// Connect introduces a worker to a gateway.
type Connect struct {
	// ConnectionID, SessionToken and SyncToken are those of [StartResponse].
	ConnectionID, SessionToken, SyncToken string
	// InstanceID names the worker across its connections.
	InstanceID string
	// Capabilities are JSON.
	Capabilities []byte
	// Apps are what the worker serves.
	Apps []App
	// CPUCores, MemBytes and OS describe the machine.
	CPUCores, MemBytes uint64
	OS                 string
	// Environment, Framework, Platform, SDKVersion and SDKLanguage are those of other requests. They may be empty.
	Environment, Framework, Platform, SDKVersion, SDKLanguage string
	// StartedAt is when the worker began to connect.
	StartedAt time.Time
	// MaxConcurrency is how many requests the worker takes at once. Zero means any number.
	MaxConcurrency uint64
}

// App is an app with its functions.
type App struct {
	// Name is the id of the app.
	Name string
	// Version may be empty.
	Version string
	// Functions are the configurations of the functions, a JSON array.
	Functions []byte
}

// Marshal returns the encoded message.
func (c Connect) Marshal() []byte {
	b := appendText(nil, 1, c.ConnectionID)
	b = appendText(b, 2, c.InstanceID)
	b = appendBytes(b, 3, appendText(appendText(nil, 1, c.SessionToken), 2, c.SyncToken))
	b = appendBytes(b, 4, c.Capabilities)
	for _, app := range c.Apps {
		b = appendBytes(b, 5, app.marshal())
	}
	system := appendUint(nil, 1, c.CPUCores)
	system = appendUint(system, 2, c.MemBytes)
	b = appendBytes(b, 7, appendText(system, 3, c.OS))
	b = appendText(b, 8, c.Environment)
	b = appendText(b, 9, c.Framework)
	b = appendText(b, 10, c.Platform)
	b = appendText(b, 11, c.SDKVersion)
	b = appendText(b, 12, c.SDKLanguage)
	started := appendUint(nil, 1, uint64(c.StartedAt.Unix()))
	b = appendBytes(b, 13, appendUint(started, 2, uint64(c.StartedAt.Nanosecond())))
	return appendUint(b, 14, c.MaxConcurrency)
}

func (a App) marshal() []byte {
	b := appendText(nil, 1, a.Name)
	b = appendText(b, 2, a.Version)
	return appendBytes(b, 4, a.Functions)
}

// ParseConnect reads a Connect, except for the machine and StartedAt.
func ParseConnect(b []byte) (c Connect, err error) {
	var inner error
	err = parse(b, func(n protowire.Number, f field) {
		switch n {
		case 1:
			c.ConnectionID = f.text()
		case 2:
			c.InstanceID = f.text()
		case 3:
			inner = first(inner, parse(f.bytes, func(n protowire.Number, f field) {
				switch n {
				case 1:
					c.SessionToken = f.text()
				case 2:
					c.SyncToken = f.text()
				}
			}))
		case 4:
			c.Capabilities = f.bytes
		case 5:
			app, err := parseApp(f.bytes)
			inner = first(inner, err)
			c.Apps = append(c.Apps, app)
		case 8:
			c.Environment = f.text()
		case 9:
			c.Framework = f.text()
		case 10:
			c.Platform = f.text()
		case 11:
			c.SDKVersion = f.text()
		case 12:
			c.SDKLanguage = f.text()
		case 14:
			c.MaxConcurrency = f.number
		}
	})
	return c, first(err, inner)
}

func parseApp(b []byte) (a App, err error) {
	err = parse(b, func(n protowire.Number, f field) {
		switch n {
		case 1:
			a.Name = f.text()
		case 2:
			a.Version = f.text()
		case 4:
			a.Functions = f.bytes
		}
	})
	return a, err
}

func first(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

// Ready says how often a worker has to be heard of. The times are texts such as "10s".
type Ready struct{ HeartbeatInterval, ExtendLeaseInterval, StatusInterval string }

// Marshal returns the encoded message.
func (r Ready) Marshal() []byte {
	b := appendText(nil, 1, r.HeartbeatInterval)
	b = appendText(b, 2, r.ExtendLeaseInterval)
	return appendText(b, 3, r.StatusInterval)
}

// ParseReady reads a Ready.
func ParseReady(b []byte) (r Ready, err error) {
	err = parse(b, func(n protowire.Number, f field) {
		switch n {
		case 1:
			r.HeartbeatInterval = f.text()
		case 2:
			r.ExtendLeaseInterval = f.text()
		case 3:
			r.StatusInterval = f.text()
		}
	})
	return r, err
}
