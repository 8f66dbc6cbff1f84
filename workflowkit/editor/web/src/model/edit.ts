import { type Branch, newEdge, nextBranch } from "./branches";
import { type Catalog, type Spec, specName } from "./catalog";
import { type Doc, type Entry, sourceID } from "./document";
import { canKeep, freshID, keepGreatest } from "./ids";
import { ghostID, indexOf } from "./index";
import { isObject, type Json, type JsonObject } from "./json";
import { type Path, setAt } from "./pointer";
import { type Point, positionsOf, withPositions } from "./positions";

/** Change is what an edit makes of a document, and what is selected then. */
export interface Change {
  doc: Doc;
  select?: string[];
}

/** Context is what edits need to know beside the document. */
export interface Context {
  catalog: Catalog;
  /** The greatest id that this session has given, also if it was undone since. */
  floor: number;
  /** Returns a name for an entry that no other has. */
  uid: () => string;
}

export type Edit = (doc: Doc, context: Context) => Change | undefined;

/** storedID is the id under which edges name a node. */
export function storedID(doc: Doc, uid: string): string | undefined {
  return uid === sourceID ? sourceID : (ghostID(uid) ?? indexOf(doc).byUid.get(uid)?.view.id);
}

export function specOf(doc: Doc, catalog: Catalog, uid: string): Spec | undefined {
  return catalog.get(indexOf(doc).byUid.get(uid)?.view.kind);
}

export interface Place {
  /** Add after this node. */
  after?: string;
  branch?: Branch;
  /** Insert on this edge. */
  on?: string;
  /** Put it here, if positions are stored. */
  at?: Point;
}

/** addAction adds an action of a kind: after a node, on an edge, or by itself. */
export function addAction(kind: string, place: Place): Edit {
  return (doc, context) => {
    const spec = context.catalog.get(kind);
    const id = freshID(doc, context.floor);
    const entry: Entry = { uid: context.uid(), raw: { id, kind, name: spec ? specName(spec) : kind, inputs: {} } };
    let next = withAction(doc, entry);
    if (place.on !== undefined) next = splitEdge(next, place.on, entry, context);
    else if (place.after !== undefined) next = append(next, place.after, entry, place.branch, context);
    if (place.at) next = placeAt(next, id, place.at);
    return { doc: next, select: [entry.uid] };
  };
}

function withAction(doc: Doc, entry: Entry): Doc {
  const readable: Doc = doc.unreadable === undefined ? doc : { root: {}, actions: [], edges: [] };
  return { ...readable, actions: [...readable.actions, entry] };
}

function idOf(entry: Entry): string {
  return isObject(entry.raw) && typeof entry.raw.id === "string" ? entry.raw.id : "";
}

function append(doc: Doc, after: string, entry: Entry, branch: Branch | undefined, context: Context): Doc {
  const from = storedID(doc, after);
  if (from === undefined || from === "") return doc;
  const way = branch ?? nextBranch(indexOf(doc), after, specOf(doc, context.catalog, after));
  return { ...doc, edges: [...doc.edges, { uid: context.uid(), raw: newEdge(from, idOf(entry), way) }] };
}

/** splitEdge leads an edge to the new action, and on from there to where it led. The edge keeps its id, name and condition. */
function splitEdge(doc: Doc, edge: string, entry: Entry, context: Context): Doc {
  const at = doc.edges.findIndex((e) => e.uid === edge);
  const old = doc.edges[at];
  if (!old || !isObject(old.raw) || typeof old.raw.to !== "string") return doc;
  const way = nextBranch(indexOf(doc), entry.uid, specOf(doc, context.catalog, entry.uid));
  const first: Entry = { uid: old.uid, raw: { ...old.raw, to: idOf(entry) } };
  const second: Entry = { uid: context.uid(), raw: newEdge(idOf(entry), old.raw.to, way) };
  return { ...doc, edges: [...doc.edges.slice(0, at), first, second, ...doc.edges.slice(at + 1)] };
}

function placeAt(doc: Doc, id: string, at: Point): Doc {
  const positions = positionsOf(doc);
  if (Object.keys(positions).length === 0 || !canKeep(doc)) return doc;
  return withPositions(doc, { ...positions, [id]: at });
}

/** connect draws an edge between two nodes. Whether it may be drawn is judged by refusal, before. */
export function connect(from: string, to: string, branch?: Branch): Edit {
  return (doc, context) => {
    const [a, b] = [storedID(doc, from), storedID(doc, to)];
    if (!a || !b) return undefined;
    const way = branch ?? nextBranch(indexOf(doc), from, specOf(doc, context.catalog, from));
    const entry: Entry = { uid: context.uid(), raw: newEdge(a, b, way) };
    return { doc: { ...doc, edges: [...doc.edges, entry] }, select: [entry.uid] };
  };
}

/** reconnect leads one end of an edge elsewhere and keeps the rest of it. */
export function reconnect(edge: string, end: "from" | "to", node: string): Edit {
  return (doc) => {
    const id = storedID(doc, node);
    return id ? setEntry(doc, edge, (raw) => (isObject(raw) ? { ...raw, [end]: id } : raw)) : undefined;
  };
}

/** setField sets, or with undefined removes, something in an action or an edge. */
export function setField(uid: string, path: Path, value: Json | undefined): Edit {
  return (doc) => setEntry(doc, uid, (raw) => setAt(raw, path, value) ?? null);
}

export function setRoot(path: Path, value: Json | undefined): Edit {
  return (doc) => ({ doc: { ...doc, root: setAt(doc.root, path, value) as JsonObject } });
}

function setEntry(doc: Doc, uid: string, change: (raw: Json) => Json): Change {
  const map = (list: readonly Entry[]) => list.map((entry) => (entry.uid === uid ? { uid, raw: change(entry.raw) } : entry));
  if (doc.edges.some((entry) => entry.uid === uid)) return { doc: { ...doc, edges: map(doc.edges) } };
  return { doc: { ...doc, actions: map(doc.actions) } };
}

/** repairID gives an action that has none, or that of another one, an id of its own. */
export function repairID(uid: string): Edit {
  return (doc, context) => setEntry(doc, uid, (raw) => ({ ...(isObject(raw) ? raw : {}), id: freshID(doc, context.floor) }));
}

/** move stores positions of all nodes: those that were moved, and those of the automatic layout beside them. */
export function move(points: Record<string, Point>): Edit {
  return (doc) => (canKeep(doc) ? { doc: withPositions(doc, points) } : undefined);
}

/** remove deletes actions and edges. A single path that led through an action leads past it then. */
export function remove(uids: readonly string[]): Edit {
  return (doc) => {
    const gone = new Set(uids.filter((uid) => uid !== sourceID));
    let next = doc;
    for (const uid of gone) next = removeAction(next, uid, gone);
    next = { ...next, edges: next.edges.filter((entry) => !gone.has(entry.uid)) };
    return next.actions.length === doc.actions.length && next.edges.length === doc.edges.length ? undefined : { doc: keepGreatest(doc, next), select: [] };
  };
}

function removeAction(doc: Doc, uid: string, gone: Set<string>): Doc {
  const index = indexOf(doc);
  const node = index.byUid.get(uid);
  if (!node && ghostID(uid) === undefined) return doc;
  const into = index.in.get(uid) ?? [];
  const out = index.out.get(uid) ?? [];
  const sinks = index.sinks.filter((link) => link.from === uid);
  const actions = doc.actions.filter((entry) => entry.uid !== uid);
  const drop = new Set([...into, ...out, ...sinks].map((link) => link.uid));
  const [first, last] = [into[0], out[0]];
  const bridge = node && into.length === 1 && out.length === 1 && first && last && first.from !== last.to && !gone.has(first.uid) && !gone.has(last.uid);
  if (bridge && !(index.out.get(first.from) ?? []).some((link) => link.to === last.to)) {
    drop.delete(first.uid);
    const led = setEntry({ ...doc, actions }, first.uid, (raw) => (isObject(raw) ? { ...raw, to: last.view.to ?? "" } : raw)).doc;
    return forget({ ...led, edges: led.edges.filter((entry) => !drop.has(entry.uid)) }, node.view.id);
  }
  return forget({ ...doc, actions, edges: doc.edges.filter((entry) => !drop.has(entry.uid)) }, node?.view.id);
}

function forget(doc: Doc, id: string | undefined): Doc {
  const positions = positionsOf(doc);
  if (id === undefined || !positions[id] || indexOf(doc).uidOfId.has(id)) return doc;
  const { [id]: _gone, ...others } = positions;
  return withPositions(doc, others);
}
