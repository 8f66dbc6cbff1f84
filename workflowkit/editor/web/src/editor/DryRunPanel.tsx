import { useId } from "react";
import { FormProvider } from "../forms/context";
import { jsonOrUndefined, JsonText } from "../forms/JsonText";
import { outputSchema, specName } from "../model/catalog";
import { nodeTitle } from "../model/index";
import { isObject, type Json, type JsonObject } from "../model/json";
import { plural } from "../model/problems";
import { sampleOf } from "../model/sample";
import { Button } from "../ui/Button";
import { useEditor } from "./context";
import { MockField } from "./MockField";
import type { DryRun } from "./useDryRun";

/** DryRunPanel asks for an event and for what the actions shall return, and runs the workflow without doing anything. */
export function DryRunPanel({ dry }: { dry: DryRun }) {
  const { index, catalog, sampleEvent } = useEditor();
  const title = useId();
  const mockable = index.nodes.filter((node) => node.view.id && !node.duplicate && !runsForReal(node.view.kind));
  const fill = () => {
    const next: JsonObject = { ...dry.mocks };
    for (const node of mockable) {
      const schema = outputSchema(catalog.get(node.view.kind));
      if (schema && node.view.id && next[node.view.id] === undefined) next[node.view.id] = sampleOf(schema);
    }
    dry.setMocks(next);
  };
  const set = (id: string, value: Json | undefined) => {
    const { [id]: _old, ...others } = dry.mocks;
    dry.setMocks(value === undefined ? others : { ...others, [id]: value });
  };
  return (
    <div className="dry-run" data-testid="dry-run">
      <section aria-labelledby={`${title}e`} className="dry-event">
        <div className="dry-head">
          <h3 id={`${title}e`}>Event</h3>
          <Button small onClick={() => dry.setEvent(sampleEvent)}>
            Use the sample
          </Button>
        </div>
        <JsonText label="Event as JSON" value={dry.event} check={(value) => (isObject(value) ? undefined : "An event is an object with name and data.")} onChange={(value) => dry.setEvent(value)} testid="dry-event" />
      </section>
      <section aria-labelledby={`${title}o`} className="dry-outputs">
        <div className="dry-head">
          <h3 id={`${title}o`}>Outputs of the actions</h3>
          <Button small onClick={fill} data-testid="dry-fill">
            Fill with examples
          </Button>
        </div>
        {mockable.length === 0 && <p className="empty-note">No action needs a mocked output.</p>}
        <FormProvider value={{ uid: "dry", readOnly: false, findings: [], sources: [], titleOf: () => undefined, unfinished: () => undefined }}>
          {mockable.map((node) => {
            const spec = catalog.get(node.view.kind);
            const id = node.view.id ?? "";
            return <MockField key={node.uid} id={id} title={nodeTitle(node, spec && specName(spec))} schema={outputSchema(spec)} value={jsonOrUndefined(dry.mocks, id)} onChange={(value) => set(id, value)} />;
          })}
        </FormProvider>
      </section>
      <section aria-label="Result" className="dry-result">
        <div className="dry-head">
          <Button look="primary" icon="play" onClick={() => void dry.run()} disabled={dry.busy} data-testid="dry-go">
            {dry.busy ? "Running …" : "Run dry"}
          </Button>
          {dry.result && (
            <Button small onClick={dry.clear}>
              Clear
            </Button>
          )}
        </div>
        <div role="status" data-testid="dry-status">
          {dry.error && <p className="notice notice-error">{dry.error}</p>}
          {dry.result && <Summary dry={dry} />}
          {!dry.result && !dry.error && <p className="empty-note">Nothing is sent, stored or waited for. The path that would be taken lights up in the graph; select an action or an edge to see why.</p>}
        </div>
      </section>
    </div>
  );
}

function Summary({ dry }: { dry: DryRun }) {
  const result = dry.result;
  if (!result) return null;
  const count = (status: string) => (result.actions ?? []).filter((action) => action.status === status).length;
  if (result.status === "invalid") return <p className="notice notice-error">The workflow has errors and cannot run. They are listed under Problems.</p>;
  return (
    <>
      <p>
        <span className={`status status-${result.status}`}>{result.status}</span> {plural(count("completed"), "action")} would run, {count("skipped")} skipped, {count("failed")} failed.
      </p>
      {result.error && <p className="notice notice-error">{result.error}</p>}
      {dry.stale && <p className="notice">The workflow has changed since. Run it again.</p>}
    </>
  );
}

/** Built-in actions without effects run for real, so there is nothing to mock. */
function runsForReal(kind: string | undefined): boolean {
  return kind === "builtin:if" || kind === "builtin:switch" || kind === "builtin:delay";
}
