import { type Doc, type EdgeView, type ActionView, type Entry, sinkID, sourceID, viewAction, viewEdge } from "./document";
import { isObject } from "./json";

export interface ActionNode {
  uid: string;
  view: ActionView;
  entry: Entry;
  index: number;
  /** Says that another action before it has the same id, so that no edge can mean this one. */
  duplicate: boolean;
}

/** Link is an edge that can be drawn. Its ends are uids of actions, sourceID, or ghosts of actions that are not there. */
export interface Link {
  uid: string;
  view: EdgeView;
  entry: Entry;
  index: number;
  from: string;
  to: string;
}

/** Index is what the parts of a document say about each other. */
export interface Index {
  nodes: ActionNode[];
  byUid: Map<string, ActionNode>;
  uidOfId: Map<string, string>;
  links: Link[];
  linkByUid: Map<string, Link>;
  /** Edges to $sink: they have no effect and are kept. */
  sinks: Link[];
  /** Edges that are no objects, or lack an end: they cannot be drawn. */
  brokenEdges: { uid: string; entry: Entry; index: number }[];
  ghosts: string[];
  out: Map<string, Link[]>;
  in: Map<string, Link[]>;
}

const cache = new WeakMap<Doc, Index>();

export function indexOf(doc: Doc): Index {
  let index = cache.get(doc);
  if (!index) cache.set(doc, (index = build(doc)));
  return index;
}

export const ghostPrefix = "ghost:";

export function ghostID(uid: string): string | undefined {
  return uid.startsWith(ghostPrefix) ? uid.slice(ghostPrefix.length) : undefined;
}

function build(doc: Doc): Index {
  const uidOfId = new Map<string, string>([[sourceID, sourceID]]);
  const nodes = doc.actions.map((entry, i): ActionNode => {
    const view = viewAction(entry.raw);
    const duplicate = view.id !== undefined && uidOfId.has(view.id);
    if (view.id !== undefined && !duplicate) uidOfId.set(view.id, entry.uid);
    return { uid: entry.uid, view, entry, index: i, duplicate };
  });
  const index: Index = {
    nodes,
    byUid: new Map(nodes.map((node) => [node.uid, node])),
    uidOfId,
    links: [],
    linkByUid: new Map(),
    sinks: [],
    brokenEdges: [],
    ghosts: [],
    out: new Map(),
    in: new Map(),
  };
  const ghosts = new Set<string>();
  const end = (id: string, target: boolean): string => {
    const uid = target && id === sourceID ? undefined : uidOfId.get(id);
    if (uid !== undefined) return uid;
    ghosts.add(ghostPrefix + id);
    return ghostPrefix + id;
  };
  doc.edges.forEach((entry, i) => {
    const view = viewEdge(entry.raw);
    if (!isObject(entry.raw) || view.from === undefined || view.to === undefined) {
      index.brokenEdges.push({ uid: entry.uid, entry, index: i });
      return;
    }
    if (view.to === sinkID) {
      index.sinks.push({ uid: entry.uid, view, entry, index: i, from: uidOfId.get(view.from) ?? "", to: "" });
      return;
    }
    const link: Link = { uid: entry.uid, view, entry, index: i, from: end(view.from, false), to: end(view.to, true) };
    index.links.push(link);
    index.linkByUid.set(link.uid, link);
    push(index.out, link.from, link);
    push(index.in, link.to, link);
  });
  index.ghosts = [...ghosts];
  return index;
}

function push(map: Map<string, Link[]>, key: string, link: Link): void {
  const list = map.get(key);
  if (list) list.push(link);
  else map.set(key, [link]);
}

/** nodeTitle is how people know an action. */
export function nodeTitle(node: ActionNode | undefined, kindName?: string): string {
  if (!node) return "Missing action";
  return node.view.name || kindName || node.view.kind || "Broken action";
}
