// Package workflowkittest runs workflows and single actions in memory, with a virtual clock, for tests.
//
// The engine and the handlers are the real ones; only the system that executes durable steps is replaced. Waiting takes
// no time: when nothing else can be done the clock jumps to the next moment at which something happens. Steps, actions
// and events can be faked:
//
//	result, err := workflowkittest.RunAction(ctx, review, ReviewInput{Tone: "formal"},
//		workflowkittest.WithEvent(event),
//		workflowkittest.WithStep("load-blog-post", Post{Title: "Hello"}),
//		workflowkittest.FailStep("get-ai-grammar-fixes", errors.New("busy"), 1),
//		workflowkittest.WithEventAfter(time.Hour, approved))
//
// By default each step is executed when it is first reached. [WithReplay] executes a run as Inngest does without
// checkpoints: a pass for each step, from the beginning, with the steps of concurrent branches in random order.
//
// Timeouts of actions hold: sleeps and waits end by the virtual clock, and functions of steps by the real one. The time
// that functions take does not move the virtual clock, so it does not add up over the steps of an action.
package workflowkittest
