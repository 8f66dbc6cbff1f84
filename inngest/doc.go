// Package inngest runs workflows durably on Inngest.
//
// A program makes a [Client], registers an engine as a function, and mounts the client's handler where the Inngest
// server can call it:
//
//	client, err := inngest.NewClient(inngest.Config{AppID: "my-app"}) // the rest comes from the environment
//	err = inngest.Register(client, engine, inngest.Function{ID: "workflows", Events: []string{"blog-post.updated"}})
//	inngest.Mount(router, "/api/inngest", client) // gorilla/mux; or client.Handler() on any other mux
//
// # Modes
//
// In cloud mode the client talks to Inngest Cloud or to a self-hosted server, and executes only calls that carry a valid
// signature. In dev mode it talks to a dev server, which does not sign. The first of these that applies decides:
//
//	Config.Dev is set                          what it says
//	INNGEST_DEV is 0, false, no or off         cloud
//	INNGEST_DEV is anything else               dev; if it is a URL, that is the dev server's
//	an event key or a signing key is set       cloud
//	otherwise                                  dev, for callers on the same machine only
//
// Cloud mode without a signing key is an error of [NewClient], since no call could be told from a forgery.
//
// In dev mode nothing proves who calls. So a dev mode that nobody asked for, the last line above, answers only callers
// on a loopback address that came without a proxy, and tells others which variable to set. A proxy that adds none of
// the usual forwarding headers cannot be recognised: whoever runs one has to configure keys. A dev mode that was asked
// for answers everybody, unless a signing key is set and the call carries a signature: then the signature must be right.
// Calls that a browser makes for another site are refused in every dev mode.
//
// # Targets
//
// For each of the two APIs of an Inngest server, the first of these that is set is used: Config.APIBaseURL (or
// EventAPIBaseURL), Config.BaseURL, INNGEST_API_BASE_URL (or INNGEST_EVENT_API_BASE_URL), INNGEST_API_ORIGIN (or
// INNGEST_EVENT_API_ORIGIN), INNGEST_BASE_URL, and in dev mode the URL in INNGEST_DEV. Without any, dev mode uses http://localhost:8288, and cloud mode uses Inngest Cloud:
// https://api.inngest.com and https://inn.gs.
//
// # What it adds to inngestgo
//
// The package is built on github.com/inngest/inngestgo, and closes what that leaves open: run state above 4 MiB, which
// the server keeps back, is fetched; a planned step that is not found is an error, not a completed run; signatures are
// compared in constant time and expire on both sides of the clock; handlers never continue with a result that is not
// stored; panics reach the server without a stack; sending an event honours its context.
//
// The page SPECIFICATION.md beside this file takes Inngest's SDK specification sentence by sentence, and says for each by
// which test the package is held to it, or why not.
//
// # Being called
//
// An Inngest server calls the handler, or a program connects to the server with [Connect] and needs no address.
//
// Platforms and proxies cut connections on which nothing comes for a while, and a step in the middle of which that happens
// is executed again. Config.Streaming, or INNGEST_STREAMING=1, lets answers grow by a byte every few seconds while a
// function is executed. The HTTP status is then 201 and the real one in the body, where Inngest looks for it.
//
// A request whose body is larger than Config.MaxBodySize is answered with 413, and is not tried again, since it would not
// become smaller.
//
// # Keys
//
// To rotate the signing key without a failed call, give the app the new key as SigningKeyFallback first, then rotate it on
// the server, and then make it the SigningKey. Signatures of both keys are accepted, and requests to the API are made with
// the key that was accepted last, then with the other. No key is ever logged, part of an error, or told to who cannot sign.
//
// # Errors
//
// An error of a function is answered with 400 if it must not be tried again and with 500 otherwise, and X-Inngest-No-Retry
// always says which. A caller who cannot sign is answered with 401. A step or function that does not exist is an error to
// be tried again, because another replica may have it.
//
// # Checkpoints
//
// Where a run is serial, each step that has succeeded is stored by a request of its own to the server's API, which is
// waited for, and the call goes on with the next step: a workflow that neither forks nor waits takes one call. What this
// does not change:
//
//   - A step that was stored is not executed again. One whose result could not be stored becomes the answer to its call;
//     the failure is logged and counted, see [Client.CheckpointStats]. After a failure that is not about the one run, no
//     step is stored for 15 seconds.
//   - Each step has attempts of its own. The server counts them by call, so a call that is another attempt stores
//     nothing: the step that is tried again is its answer, and the next step begins in a call of its own.
//   - If the caller goes away during a step, the result of the step is stored all the same, and no other step begins.
//   - A call that has gone on for a minute ends with the step that it executes. [Client.Drain] makes all calls do so, for
//     shutting down.
//
// Function.Checkpoints turns this off. Branches that run concurrently do not use it.
//
// The workflow that was loaded is stored together with the first step of an action, or by itself while that is executed
// if it takes longer than 10 milliseconds. A process that ends before makes the next call load it again.
//
// # Announced waits
//
// A wait that announces itself takes three calls, and no fewer are possible for an answer that comes later: the server
// registers a wait when it has the answer to a call, so what must not be seen before is executed by a call after that,
// and what follows the event by one more. Where the answer comes at once, two are enough: the call that has executed the
// announcement looks for the event during 200 milliseconds, and goes on with the run if it is there. The announcement
// has no result meanwhile, so that the server makes no other call: an answer is neither lost nor taken twice.
//
// # Logs, traces and metrics
//
// Lines of the log that are about a run name it and its function, and the action and the step if they are about one. An
// engine's observers ([workflowkit.WithObservers]) are told of each transition of a run once, by the call that is the first
// to see it: the server says the result of which step has caused a call. Config.Observers are told of the calls. Package
// otelinngest is both, and makes traces, which join those of the server, and metrics.
//
// Which transitions a process has told it remembers for the runs that it has worked on last. So a call that is made again,
// because a step has failed or an answer was lost, tells nothing twice unless it comes to another process; see
// [workflowkit.Transition].
//
// # Known limits
//
// Unless answers are streamed, a proxy must allow calls that take a minute longer than the longest step.
//
// Inngest itself limits the output of a step to 4 MiB, the state of a run to 32 MiB, a run to 1000 steps, an event to
// 512 KiB, and a sleep or wait to 366 days. It sends the results of steps back with the members of objects sorted by
// name. Numbers that are not exact as a 64-bit float lose digits in events, and in what a function returns to one that
// invoked it; those in results of steps do not.
//
// A self-hosted server that is stopped can lose events that it has acknowledged moments before (measured with inngest
// start on Redis and Postgres). Where that matters, give events an ID and send them again until they have had an effect;
// runs that have begun go on. A server without Redis forgets runs in progress when it stops.
//
// In a fleet that is updated one process after another, a process that lacks a kind of action answers with an error, and
// the server tries again until another process answers; give the function as many Retries as that may take, and see
// workflowkit.WithRollingCatalog. Such an answer counts as an attempt of the step that the call was for.
//
// Inngest takes an event with an ID once for each function, but an event that comes twice resolves two waits, and
// cancels twice. Invoking a function that is a busy singleton in mode skip never ends: give InvokeOpts a Timeout.
// Expressions in CancelOn can compare and combine values, but not call functions such as string().
package inngest
