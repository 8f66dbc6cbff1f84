package local

// Limits are the bounds that Inngest puts on runs. A zero field is the default given with it.
type Limits struct {
	// StepOutput is the size in bytes of what one step may return: 4 MiB.
	StepOutput int
	// ResponseBody is the size in bytes of one answer of an app: 8 MiB.
	ResponseBody int
	// RequestBody is the size in bytes from which on a call carries no state and the app has to fetch it (use_api): 4 MiB.
	RequestBody int
	// RunState is the size in bytes of the results of all steps of a run: 32 MiB.
	RunState int
	// Steps is the number of steps of a run: 1000.
	Steps int
	// Event is the size in bytes of one event: 3 MiB, as on the dev server; most plans of the cloud allow 512 KiB.
	Event int
}

func (l Limits) withDefaults() Limits {
	const mib = 1 << 20
	orElse := func(value *int, otherwise int) {
		if *value <= 0 {
			*value = otherwise
		}
	}
	orElse(&l.StepOutput, 4*mib)
	orElse(&l.ResponseBody, 8*mib)
	orElse(&l.RequestBody, 4*mib)
	orElse(&l.RunState, 32*mib)
	orElse(&l.Steps, 1000)
	orElse(&l.Event, 3*mib)
	return l
}
