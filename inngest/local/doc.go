// Package local is an Inngest in the process: it takes events, and calls apps over the real HTTP protocol, step by step,
// with retries, sleeps, waits, invocations, concurrency limits and cancellation. Everything is in memory.
//
// It is for tests, examples and development. It is neither durable (nothing survives the process, and nothing is ever
// forgotten while it lives: the memory grows with each event and run) nor meant for production.
//
//	server, err := local.Start(local.Config{})
//	// give server.URL() to the app as its API base URL and event API base URL, serve the app, then
//	err = server.Register(ctx, appURL)
//	ids, err := server.Send(ctx, local.Event{Name: "blog-post.updated", Data: map[string]any{"id": "1"}})
//	run, err := server.WaitRun(ctx, server.EventRuns(ids[0])[0].ID)
//
// # Time
//
// With a [VirtualClock] in [Config], time stands still until the test moves it, so that a wait of a day takes none.
// Apps live in real time all the same: times that they compute (a Retry-After, a sleep until a time) are taken as a
// distance from now.
//
// # Loud where the real server is silent
//
// The real server completes a run whose function has lost a step, keeps the first of two results of a step that has
// run twice, and shows a run that nothing can continue as running for ever. Here each of these fails the run with an
// explanation, is logged as an error, and is listed by [Server.Faults]; see [FaultKind] for all. [Faults] (in Config)
// provokes such things: discoveries that are delivered twice, steps in random order, crashes between any two calls.
//
// # What it does and does not do
//
// Event API, sync (out of band, and in band with a signing key), discovery and planned steps, both parallel modes,
// sleeps, waits for events with CEL expressions, invocations, step and function retries with back-off,
// Retry-After and No-Retry, use_api with the API to fetch the state, checkpoints, cancellation by API, event and time-out,
// triggers with wildcards and expressions, idempotency, concurrency limits for steps and for runs with keys, singletons,
// rate limits, throttling, debouncing, priorities, batches and schedules, workers that connect to it, and the events about
// ended runs.
//
// Not implemented are realtime, signals, replays, pausing, the GraphQL API, and the gateway operations (fetch, infer); a
// run that reports one of these fails with [FaultUnsupported].
//
// # Where it differs from the real server
//
// A recording of the real one (version 1.43) is part of the tests, and calls, operations and stored results are the same.
// On purpose different are, besides the faults: events are handled at once and in the order in which they arrive, where
// the real server handles those of a few milliseconds in any order; calls are made at once and not at the next tick of a
// queue; runs are known to [Server.EventRuns] and the API as soon as the event was accepted, and nothing is cached; an
// answer that cannot be parsed fails the run instead of being tried again; GraphQL is missing, so ask with Go or /v1.
//
// As on the real server, what steps return and events carry passes through canonical JSON, in which every number is a
// float64: integers beyond 2^53 come back changed. Put them into text.
package local
