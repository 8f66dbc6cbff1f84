package local

// Faults are the things that a [Server] can make go wrong, so that tests find out whether an app survives them.
type Faults struct {
	// DuplicateDiscoveries delivers each discovery (a call without a target step) twice at the same time where the real
	// server may have two in flight, which is after an operation in Race mode. The second answer is deduplicated as the
	// real server does it; a step body that runs twice because of it fails the run.
	DuplicateDiscoveries bool
	// ShuffleSteps runs the planned steps of a run in random order and with random concurrency, from one at a time to all
	// at once.
	ShuffleSteps bool
	// ReorderDiscoveries delivers discoveries in Race mode somewhat later, each after a random time of its own: so they
	// overtake each other, and the state that one finds holds results that have caused others.
	ReorderDiscoveries bool
	// Seed makes the random choices (order, concurrency, jitter of retries, ids) repeatable. The choices of one run do not
	// depend on those of another.
	Seed int64
	// Crash is asked before each call whether the app, or the server, dies around it; nil is never. It is called without
	// locks, possibly by several goroutines.
	Crash func(Call) CrashPoint
}

// CrashPoint says where a process dies around a call.
type CrashPoint int

// The points around a call at which something can die.
const (
	// NoCrash delivers the call and its answer.
	NoCrash CrashPoint = iota
	// CrashBefore loses the call: the app never sees it, as if it were down. It is tried again as a failed attempt.
	CrashBefore
	// CrashAfter loses the answer: the app has done the work and then died. It is tried again as a failed attempt.
	CrashAfter
	// ServerCrash loses the answer as well, but through the server's death: the same call is delivered again at once
	// and with the same attempt number.
	ServerCrash
)
