// Package otelinngest makes OpenTelemetry traces and metrics of workflows that run on Inngest.
//
//	telemetry, err := otelinngest.New(otelinngest.Config{})
//	engine, err := workflowkit.New(…, workflowkit.WithObservers(telemetry))
//	client, err := inngest.NewClient(inngest.Config{…, Observers: []inngest.CallObserver{telemetry}})
//
// It needs the API of OpenTelemetry only. Where traces and metrics go is decided by the providers, which are those that
// the program has set globally, or those of [Config].
//
// # Traces
//
// The server sends a trace with each call of a run, which is the same for the whole run. All spans join it:
//
//	inngest call <function>   each call of the server, of kind server
//	step <id>                 each attempt of a step, while its function is executed. It is the current span there, so what
//	                          the function does joins it
//	action <kind>             each action that has run, from its first start to its end, told by the process that saw the end
//	run <workflow>            each run, from the moment at which its workflow was loaded to its end
//
// There is no span for what a call only repeats. The span of an action, or a run, that was started in another process
// begins when this one saw it end. Inputs and outputs are in no span.
//
// # Metrics
//
//	workflowkit.runs               runs that are over, by workflow.id and outcome (completed, failed, skipped)
//	workflowkit.run.duration       seconds, by the same
//	workflowkit.actions            actions that are over, by action.kind and outcome
//	workflowkit.action.duration    seconds, by the same
//	workflowkit.action.retries     attempts that have failed and are followed by another one, by action.kind
//	workflowkit.step.duration      seconds for each attempt of a step, by action.kind and outcome
//	inngest.call.duration          seconds for each call of the server, by function.id and http.response.status_code
//	inngest.replays                calls that began with the results of earlier ones, by function.id
//	inngest.hydrations             calls whose state was too large for them and had to be fetched, by function.id
//	inngest.checkpoints            steps that were stored while a call went on, by function.id
//	inngest.checkpoint.failures    steps that could not be, and became the answer to their call, by function.id
//
// Durations of what was started in another process are not recorded.
package otelinngest
