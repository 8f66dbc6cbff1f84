// Package workflowkit executes workflows that users have drawn: graphs of actions, stored as JSON, started by an event,
// and executed durably. It reads and writes the format of the TypeScript Workflow Kit.
//
// A developer defines actions; users connect them. One durable function is registered with the system that runs it
// (package inngest does that), and what the function does is data:
//
//	review := workflowkit.Define(workflowkit.Spec{Kind: "review", Name: "Review the text"},
//		func(ctx context.Context, run *workflowkit.Run, in ReviewInput) (ReviewOutput, error) {
//			text, err := workflowkit.Step(ctx, "load", loadText)
//			…
//		})
//	engine, err := workflowkit.New(workflowkit.WithActions(review), workflowkit.WithLoader(workflows))
//
// # Workflows
//
// A [Workflow] has actions and edges. An action has an id, a kind, which names an [Action] of the engine, and inputs. An
// edge leads from an action, or from $source, to an action; it may have a condition. The output of an action is what its
// handler returns. That of $source is the event that started the run.
//
//	{"actions": [{"id": "1", "kind": "review", "inputs": {"tone": "formal", "text": "!ref($.event.data.text)"}},
//	             {"id": "2", "kind": "publish", "inputs": {"text": "!ref($.state.1.text)"}}],
//	 "edges":   [{"from": "$source", "to": "1"},
//	             {"from": "1", "to": "2", "conditional": {"type": "if", "ref": "!ref($.output.ok)"}}]}
//
// Reading a workflow and writing it again loses nothing, whatever an editor has put into it.
//
// # Rules
//
// A run obeys these rules. They have numbers, so that messages and tests can cite them.
//
//  1. Once. A node runs at most once in a run.
//  2. Skip. An edge is decided when its source has run or been skipped: taken, or not taken, with a reason. A node runs
//     when all edges that lead to it are decided and at least one is taken. If none is, it is skipped, and none of the
//     edges that leave it is taken.
//  3. Join. So a node with several parents waits for all of them that are going to run.
//  4. Order. Nodes that become ready together start in the order in which the workflow lists the edges to them, breadth
//     first. A replay decides what the pass before it has decided. To that end an action and a condition see of the
//     state what lies before them in the graph, and nothing of branches beside them.
//  5. Concurrency. Branches make progress independently of each other. A wait in one does not hold up another.
//  6. Serial is cheap. As long as only one node can run, nodes run one after another. Where only actions that never wait
//     (Spec.NeverWaits) lie between a fork and the node in which it ends, this holds again from that node on.
//  7. Conditions. "if" takes an edge when what its ref finds is truthy as in JavaScript, "else" when it is not, and
//     "match" when it equals the condition's value: deeply, with members in any order, and a missing value equal to null.
//     "error" takes an edge when its source has failed.
//  8. Refs look into the event, the state and, in conditions, the output of the edge's source. What they find is never
//     looked at again for refs. A ref that is a whole value keeps its type and all digits of a number.
//  9. Inputs are held to the action's schema before the handler is called. An input that does not fit is an error of the
//     workflow, is not retried, and names action, input, what was expected and what was found.
//  10. Pinning. The workflow is loaded and validated in the first step of the run, and the run keeps it to its end.
//  11. Nothing to do. A run for whose event there is no workflow ends normally, and its result says so.
//  12. Step ids are "<action id>/<step id>", so no two actions share a step. Ids that start with $ are the engine's.
//  13. Errors. An error of a handler fails the action when its attempts are used up. The edges of the type "error" that
//     leave it are taken then; their targets find the text as $.state.<id>.error. Without such an edge the run fails:
//     other branches are finished first, and the error names the action and what had been completed.
//  14. The [Result] lists each action and each edge with what became of it, and why.
//
// # Refs
//
// A text in the inputs of an action, at any depth, may hold refs; so does the ref of a condition.
//
//	text                                  gives
//	!ref($.event.data.n)                  the value itself: number, object, list, …
//	Id !ref($.event.data.n)!              text, with the value in it
//	!ref($.event.data.a)!ref($.state.1)   text, since it is more than one ref
//	" !ref($.event.data.n)"               text, since there is a space
//	ref($.event), !re($.event)            no ref: text as it is
//	!ref($.event, !ref(event.name)        refused: not closed, does not start with $
//
// Inside of a text, a missing value and null are nothing, lists and objects are compact JSON with their members in the
// order in which they were written. As a whole value, a missing value is null.
//
//	path                                  finds
//	$.event.data.id                       a member; the event has id, name, data, user, ts and v
//	$.state.1.result, $.state.if-a.ok     what is in the output of an action: ids may be digits and hold hyphens
//	$.state['if a']["b"]                  names of any kind
//	$.event.data.xs[0], $…xs[-1], $…xs.0  items of a list
//	$.state.1.items[*].id                 several values, as a list; a single one is not in a list
//	$.state.1.items[?@.n > 1], $..id      what RFC 9535 can say, but .. once, and no more than 64 selectors in lists
//	$.item.id, $.index                    in what builtin:for_each runs: the item, and its place in the list, from 0
//	$.output.result, $.result             in conditions: what is in the output of the edge's source
//	$.state[1]                            refused: an id is a name, as in $.state.1 or $.state['1']
//
// Several matches stand in the order of lists, and those in an object sorted by name. In filters, names follow RFC 9535.
// The filters of a path have at most 64 operations and places to look at, those from the root ($) have at most 4 KiB, and
// a regular expression of more than 256 bytes, or one that stands for very many, matches nothing.
//
// # Built-in conditions
//
// The action builtin:if evaluates a rule in JSON Logic (https://jsonlogic.com) as json-logic-js does. "var" sees
// {event, state}; refs in the rule are resolved first, and what they find is data, never an operation:
//
//	{"and": [{">": [{"var": "event.data.likes"}, 10]}, {"==": ["!ref($.state.1.tone)", "formal"]}]}
//
// Its output is {"result": true} or {"result": false}, and its edges are "if" and "else" on !ref($.output.result).
//
// # Other built-in actions
//
//	builtin:switch          {"case": name} of the first of its cases with the value, or "default"; edges match the name
//	builtin:delay           sleeps for a duration, such as 1d 12h, or until a time
//	builtin:wait_for_event  {"received": bool, "event": …}; its edges are "Received" and "Timed out"
//	builtin:send_event      sends an event, {"id": …}
//	builtin:invoke          calls another Inngest function, {"result": …}
//	builtin:for_each        runs an action or a workflow for each item of a list, {"results": […], "errors": […]}
//
// builtin:for_each has the list in "items" and, in "action", what it runs: kind and inputs, and retries and timeout where
// they differ from its own. Steps have the index in their ids, "<id>/<index>/<step id>". Instead of an action it may run
// the stored "workflow" with an id, which a [WorkflowLoader] finds, once for all items; that workflow sees {item, index},
// or what "data" makes of it, as $.event.data, and its [Result] is what the item returns. It works on "concurrency" items at
// once, 1 by default: with one, they are executed strictly one after another, with more, each makes progress
// independently. Lists of more than "limit" items, 100 by default and 1,000 at most, are an error. When an item fails, no
// other one is started, and the action fails when those that had been started have ended; with "errors": "collect" the
// rest is done, the result of an item that fails is null, and "errors" tells why: [{"index": 2, "error": "…"}].
//
// [WithoutBuiltins] turns off those that users shall not draw.
//
// # Handlers and steps
//
// A run is executed in passes. Each calls the handlers anew, and each step that has been executed returns what it
// returned then. A step that has no result yet may not return: the handler's goroutine ends, its deferred functions run,
// and the handler is called again in a later pass. So outside of steps a handler must be deterministic and free of
// effects:
//
//	do in a step ([Step], [Do])           reading and writing databases, calling services, time.Now, random numbers
//	do outside of steps                   computing from inputs and from the results of steps
//	use                                   [Sleep], [SleepUntil], [WaitForEvent], [Invoke] and [SendEvents] for the rest
//	do not call a step                    inside of another step's function ([ErrNestedStep]), or in a goroutine that
//	                                      the handler starts: it ends with the step, and a handler that waits for it
//	                                      in vain is given up after some seconds
//	do not rely on                        recover around a step (nothing is panicking), or on code after a step whose
//	                                      result is not there yet
//
// A step must be safe to repeat: its result can be lost between its end and the moment at which it is stored.
//
// # Errors
//
// What a step or a handler returns is tried again as the backend is configured. [NoRetryError] marks what another attempt
// cannot cure, [RetryAtError] says when the next one makes sense. A step whose attempts are used up returns a
// *[StepError], which holds text only, as it is read back from storage. An error, or a panic, outside of steps is retried
// as if it were a step of its own. The run's error is an *[ActionError] for an action that failed, and an *[InvalidError]
// for a workflow that cannot run; an *[InputError] in the former says which input did not fit.
//
// An action in a workflow can say how it fails, by members that the TypeScript kit ignores:
//
//	"retries": 3                       its steps, and its handler outside of them, are tried again so often: 0 to 20,
//	                                   whatever the backend does by default. No action's attempts eat another's.
//	"timeout": "90s"                   limits each attempt, as a whole: units are w, d, h, m and s, as in "1d 12h"
//	"conditional": {"type": "error"}   on an edge that leaves it: is taken when its attempts are used up
//
// The attempts come first, then the error edge; without one, the run fails. An attempt begins with the action, and again
// when a step of it is tried again. The functions of its steps get a context that ends with it. One that does not care is
// left behind: it is logged, counts as failed, and its result is lost. Sleeps, waits and invoked functions end with the
// attempt, too; time that has been waited cannot be had again, so they fail the action at once. The error is a
// *[TimeoutError] until it is stored. An action with a timeout has a step more, "<id>/$start", and one before each further
// step that waits; the stored result of a step that was tried again says when that was.
//
// # Validation
//
// [Engine.Validate] names everything that is wrong with a workflow, or may be, at once and in the order of the document:
// each [Problem] has a stable code, a JSON pointer, a message and a hint. Errors stop a run before its first action, in
// one attempt; warnings do not. Refs are judged like the rest: a ref to an action that cannot have run, to a property
// that its output cannot have, or of a type that does not fit the input, is an error.
//
// # Observers
//
// [WithObservers] adds an [Observer], which is told of each transition of a run once: when the run and its actions start
// and end, with inputs and outputs, when they wait or try again, and how each edge was decided, and why. [LogObserver]
// writes them to a log; package inngest/otelinngest makes traces and metrics of them. A [Result] says when things happened
// as far as the process that makes it has seen them happen. Nothing is decided by these times, and no step is needed.
//
// # Secrets
//
// A schema with "writeOnly": true or "x-secret": true marks what it describes as secret, at any depth of an input or an
// output, in a Go struct by the tag `jsonschema:"writeOnly=true"`. In results, transitions, dry runs and the texts of
// errors there is "[secret]" instead. So there is where a ref has found a secret in an output, in the inputs of the
// action that uses it, and in the reason of an edge. Errors, and the parts of outputs that are not marked, are searched for
// the secrets that their action can know, so that an action may return what it got. Booleans, and secrets of fewer than
// four characters, are not looked for: they stand everywhere by chance.
//
// Handlers get the secrets themselves. What a handler logs, or makes of a secret (a hash, another spelling), is its own
// business, and so is what the events hold that start a run. The definition of a workflow and the results of steps
// are stored by the backend as they are, since the run is executed from them.
//
// # What strangers can do
//
// A workflow is untrusted input. Its size is bounded by [Limits], and validating and compiling it takes time in
// proportion to that. Schemas cannot refer to files or the network. A definition is compiled once and kept while it is in
// use. What a run costs the engine grows with its nodes, its edges and the inputs that it resolves; the exception are
// queries (refs with wildcards, filters and the like), each of which looks at all that it is pointed at.
//
// Handlers are trusted. The engine does not limit what they do, and an action that runs for long in one step, or returns
// much, is limited by the backend only.
package workflowkit
