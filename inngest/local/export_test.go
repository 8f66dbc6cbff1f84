package local

// ParseOperations lets tests fuzz the reader of answers.
func ParseOperations(body []byte) (int, error) {
	ops, err := parseOperations(body, 1<<20)
	for _, op := range ops {
		if _, memoErr := op.memo(); memoErr != nil {
			return 0, memoErr
		}
		op.race()
	}
	return len(ops), err
}

// ParseEvents lets tests fuzz the reader of events.
func ParseEvents(body []byte) (int, error) {
	items, err := splitEvents(body)
	if err != nil {
		return 0, err
	}
	for _, item := range items {
		e, err := parseEvent(item)
		if err != nil {
			return 0, err
		}
		e.payload()
		triggerPatterns(e.name)
	}
	return len(items), nil
}

// ParseFunction lets tests fuzz the reader of functions.
func ParseFunction(raw []byte) error {
	_, err := newFunction("app", raw)
	return err
}

// StandardError lets tests fuzz the reader of errors.
func StandardError(body []byte) *RunError { return standardError(body, "otherwise") }
