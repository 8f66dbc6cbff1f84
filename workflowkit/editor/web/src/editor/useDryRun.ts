import { useCallback, useMemo, useState } from "react";
import type { DryRunAction, DryRunResult, EdgeRun } from "../api/types";
import { useApp } from "../app/context";
import { type Doc, storeDoc } from "../model/document";
import type { EdgeState, NodeState } from "../graph/types";
import { type Json, type JsonObject, isObject } from "../model/json";
import { actionsByUid, edgesByUid } from "../model/outcome";
import { sourceID } from "../model/document";

export interface DryRun {
  event: Json;
  setEvent: (event: Json) => void;
  mocks: JsonObject;
  setMocks: (mocks: JsonObject) => void;
  run: () => Promise<void>;
  clear: () => void;
  busy: boolean;
  error?: string;
  result?: DryRunResult;
  /** Says that the document has changed since. */
  stale: boolean;
  actions: ReadonlyMap<string, DryRunAction>;
  edges: ReadonlyMap<string, EdgeRun>;
  states?: ReadonlyMap<string, NodeState>;
  edgeStates?: ReadonlyMap<string, EdgeState>;
}

/** useDryRun executes the document as it is now, without doing anything. */
export function useDryRun(doc: Doc, sample: Json): DryRun {
  const { api } = useApp();
  const [event, setEvent] = useState<Json>();
  const [mocks, setMocks] = useState<JsonObject>({});
  const [state, setState] = useState<{ doc: Doc; result: DryRunResult }>();
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<string>();
  const used = event ?? sample;
  const run = useCallback(async () => {
    setBusy(true);
    setError(undefined);
    try {
      setState({ doc, result: await api.dryRun(storeDoc(doc), isObject(used) ? used : {}, mocks) });
    } catch (problem) {
      setState(undefined);
      setError(problem instanceof Error ? problem.message : String(problem));
    } finally {
      setBusy(false);
    }
  }, [api, doc, used, mocks]);
  const clear = useCallback(() => {
    setState(undefined);
    setError(undefined);
  }, []);
  const shown = useMemo(() => {
    if (!state) return { actions: new Map<string, DryRunAction>(), edges: new Map<string, EdgeRun>() };
    const actions = actionsByUid(state.doc, state.result.actions ?? []);
    const edges = edgesByUid(state.doc, state.result.edges ?? []);
    if (actions.size === 0 && edges.size === 0) return { actions, edges };
    const states = new Map<string, NodeState>([...actions].map(([uid, action]) => [uid, { status: action.status }]));
    states.set(sourceID, { status: "completed" });
    return { actions, edges, states, edgeStates: edges };
  }, [state]);
  return { event: used, setEvent, mocks, setMocks, run, clear, busy, error, result: state?.result, stale: state !== undefined && state.doc !== doc, ...shown };
}
