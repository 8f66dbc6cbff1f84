import { type Doc, edgeName, viewEdge } from "./document";
import { indexOf } from "./index";

interface ActionOutcome {
  id: string;
}
interface EdgeOutcome {
  id?: string;
  from: string;
  to: string;
}

/** actionsByUid finds what became of actions, by the entries of the document. */
export function actionsByUid<T extends ActionOutcome>(doc: Doc, actions: readonly T[]): Map<string, T> {
  const { uidOfId } = indexOf(doc);
  const out = new Map<string, T>();
  for (const action of actions) {
    const uid = uidOfId.get(action.id);
    if (uid !== undefined) out.set(uid, action);
  }
  return out;
}

/** edgesByUid finds decisions about edges. Several edges between the same actions are told apart by id, then by their order. */
export function edgesByUid<T extends EdgeOutcome>(doc: Doc, edges: readonly T[]): Map<string, T> {
  const left = new Map<string, T[]>();
  const keyOf = (edge: EdgeOutcome) => JSON.stringify([edge.id && edge.id !== `${edge.from}->${edge.to}` ? edge.id : "", edge.from, edge.to]);
  for (const edge of edges) left.set(keyOf(edge), [...(left.get(keyOf(edge)) ?? []), edge]);
  const out = new Map<string, T>();
  for (const entry of doc.edges) {
    const view = viewEdge(entry.raw);
    const ends = { from: view.from ?? "", to: view.to ?? "" };
    const key = [keyOf({ id: edgeName(view), ...ends }), keyOf(ends)].find((k) => (left.get(k) ?? []).length > 0);
    const [first, ...rest] = (key !== undefined && left.get(key)) || [];
    if (key === undefined || first === undefined) continue;
    left.set(key, rest);
    out.set(entry.uid, first);
  }
  return out;
}
