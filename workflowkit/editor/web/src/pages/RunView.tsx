import { useCallback, useEffect, useMemo, useState } from "react";
import type { Connection } from "../api/stream";
import type { ActionRun, Run } from "../api/types";
import { useApp } from "../app/context";
import { Link } from "../app/router";
import { Outcome, Value } from "../editor/Outcome";
import { PanelHead } from "../editor/PanelHead";
import { Canvas } from "../graph/Canvas";
import { kindIcon } from "../graph/kinds";
import type { EdgeState, NodeState } from "../graph/types";
import { specName } from "../model/catalog";
import { parseDoc, sourceID } from "../model/document";
import { indexOf, nodeTitle } from "../model/index";
import type { Json } from "../model/json";
import { actionsByUid, edgesByUid } from "../model/outcome";
import { useAnnouncer } from "../ui/Announcer";
import { DateText, span } from "../ui/DateText";
import { ConnectionNote } from "./ConnectionNote";

/** RunView is a run: its graph, and what became of what is selected. */
export function RunView({ run, definition, connection }: { run: Run; definition: Json; connection: Connection }) {
  const { catalog } = useApp();
  const { say } = useAnnouncer();
  const [selection, setSelection] = useState<readonly string[]>([]);
  const onSelect = useCallback((on: readonly string[], off: readonly string[]) => setSelection((old) => (on.length > 0 ? on.slice(-1) : off.includes("*") ? [] : old.filter((uid) => !off.includes(uid)))), []);
  const doc = useMemo(() => parseDoc(definition), [definition]);
  const index = indexOf(doc);
  const actions = useMemo(() => actionsByUid(doc, (run.actions ?? []).map((action) => ({ ...action, id: action.action_id }))), [doc, run.actions]);
  const edges = useMemo(() => edgesByUid(doc, run.edges ?? []), [doc, run.edges]);
  const states = useMemo(() => {
    const out = new Map<string, NodeState>([[sourceID, { status: "completed" }]]);
    for (const [uid, action] of actions) out.set(uid, { status: action.status, note: noteOf(action) });
    return out;
  }, [actions]);
  const edgeStates: ReadonlyMap<string, EdgeState> = edges;
  useEffect(() => say(`The run is ${run.status}.`), [run.status, say]);
  const [uid] = selection;
  const node = uid === undefined ? undefined : index.byUid.get(uid);
  const spec = catalog.get(node?.view.kind);
  const action = uid === undefined ? undefined : actions.get(uid);
  const edge = uid === undefined ? undefined : edges.get(uid);
  const link = uid === undefined ? undefined : index.linkByUid.get(uid);
  return (
    <>
      <section className="toolbar" aria-label="State of the run">
        <span className={`status status-${run.status}`} data-testid="run-status">
          {run.status}
        </span>
        <span className="state">
          {run.version > 0 ? `Version ${run.version}` : "Version not known"} · <DateText of={run.started_at} />
          {run.finished_at && ` · took ${span(run.started_at, run.finished_at)}`}
        </span>
        <ConnectionNote state={connection} />
        <span className="grow" />
        <Link to={{ page: "runs", id: run.workflow_id }} className="button button-plain">
          All runs
        </Link>
      </section>
      <div className="editor no-palette read">
        <main className="stage" aria-label="Graph of the run">
          <Canvas doc={doc} catalog={catalog} trigger={run.event} label={`Run ${run.id}`} selection={selection} onSelect={onSelect} states={states} edgeStates={edgeStates} />
        </main>
        <aside className={uid === undefined ? "panel" : "panel open"} aria-label="Details" data-testid="run-details">
          {node ? (
            <>
              <PanelHead icon={kindIcon(spec, node.view.kind)} title={nodeTitle(node, spec && specName(spec))} note={`${spec ? specName(spec) : (node.view.kind ?? "")} · id ${node.view.id ?? ""}`} onClose={() => setSelection([])} />
              <div className="panel-body">{action ? <ActionOutcome action={action} /> : <p className="empty-note">{run.finished_at ? "It did not run." : "Its turn has not come yet."}</p>}</div>
            </>
          ) : link ? (
            <>
              <PanelHead icon="link" title={link.view.name || "Edge"} note={`${link.view.from ?? ""} → ${link.view.to ?? ""}`} onClose={() => setSelection([])} />
              <div className="panel-body">{edge ? <Outcome title="Decision" of={edge} /> : <p className="empty-note">It is not decided yet.</p>}</div>
            </>
          ) : (
            <>
              <PanelHead icon="play" title={`Run ${run.id}`} note={<span className="wrap-text">{run.event}</span>} />
              <div className="panel-body">
                <Outcome title="Run" of={{ status: run.status, error: run.error, reason: run.reason }} />
                {run.event_data !== undefined && run.event_data !== null && <Value title="Event" value={run.event_data} />}
                <Timeline run={run} nameOf={(kind) => catalog.get(kind)?.name || kind} onSelect={(id) => setSelection([index.uidOfId.get(id) ?? ""])} />
              </div>
            </>
          )}
        </aside>
      </div>
    </>
  );
}

function ActionOutcome({ action }: { action: ActionRun }) {
  return (
    <Outcome title="What happened" of={action}>
      <dl className="facts">
        {action.started_at && <Fact name="Started">{<DateText of={action.started_at} />}</Fact>}
        {action.finished_at && <Fact name="Finished">{<DateText of={action.finished_at} />}</Fact>}
        {span(action.started_at, action.finished_at) && <Fact name="Took">{span(action.started_at, action.finished_at)}</Fact>}
        {(action.attempt > 0 || action.status === "retrying") && <Fact name="Attempt">{action.attempt + 1}</Fact>}
        {action.status === "waiting" && action.step_id && <Fact name="Waits in">{action.step_id}</Fact>}
        {action.status === "waiting" && action.until && <Fact name="At most until">{<DateText of={action.until} />}</Fact>}
      </dl>
    </Outcome>
  );
}

function Fact({ name, children }: { name: string; children: React.ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

/** Timeline lists the actions in the order in which they have started. */
function Timeline({ run, nameOf, onSelect }: { run: Run; nameOf: (kind: string) => string; onSelect: (id: string) => void }) {
  const actions = run.actions ?? [];
  if (actions.length === 0) return null;
  return (
    <section className="panel-section" aria-label="Actions in their order">
      <h3>Actions</h3>
      <ol className="timeline">
        {actions.map((action) => (
          <li key={action.action_id}>
            <button type="button" className="timeline-item" onClick={() => onSelect(action.action_id)}>
              <span className={`dot dot-${action.status}`} aria-hidden="true" />
              <span className="grow">{action.name || nameOf(action.kind)}</span>
              <span className="muted">{[action.status, span(action.started_at, action.finished_at)].filter(Boolean).join(" · ")}</span>
            </button>
          </li>
        ))}
      </ol>
    </section>
  );
}

function noteOf(action: ActionRun): string {
  const took = span(action.started_at, action.finished_at);
  if (action.status === "retrying") return `Attempt ${action.attempt + 1} failed, trying again`;
  if (action.status === "waiting") return action.until ? `Waiting until ${new Date(action.until).toLocaleString()}` : "Waiting";
  if (action.status === "failed") return action.error ?? "Failed";
  if (action.status === "skipped") return action.reason ?? "Skipped";
  return took ? `${action.status} in ${took}` : action.status;
}
