import { type Doc, sourceID } from "./document";
import { storedID } from "./edit";
import { indexOf, type Link } from "./index";
import { arrange } from "./layered";
import { type Point, positionsOf } from "./positions";

export const nodeWidth = 248;
export const nodeHeight = 68;

/** layoutKey changes when the automatic layout may change: with nodes, edges and stored positions, not with their fields. */
export function layoutKey(doc: Doc): string {
  const index = indexOf(doc);
  const nodes = index.nodes.map((node) => `${node.uid}=${node.view.id ?? ""}`).join(",");
  const links = index.links.map((link) => `${link.from}>${link.to}`).join(",");
  return `${nodes}|${links}|${JSON.stringify(positionsOf(doc))}`;
}

/** Layout says where nodes stand, by uid, and where long edges lead past other nodes. */
export interface Layout {
  places: Map<string, Point>;
  routes: Map<string, Point[]>;
}

/** layout places all nodes. Stored positions win; nodes without one stand where there is room near their parent. */
export function layout(doc: Doc): Layout {
  const stored = positionsOf(doc);
  if (Object.keys(stored).length === 0) return automatic(doc);
  const index = indexOf(doc);
  const out = new Map<string, Point>();
  const rest: string[] = [];
  for (const uid of [sourceID, ...index.nodes.map((node) => node.uid), ...index.ghosts]) {
    const id = storedID(doc, uid);
    const point = id !== undefined && index.uidOfId.get(id) === uid ? stored[id] : undefined;
    if (point) out.set(uid, point);
    else rest.push(uid);
  }
  if (rest.length === 0) return { places: out, routes: new Map() };
  const arranged = automatic(doc).places;
  const taken = [...out.values()];
  for (const uid of rest) {
    const point = arranged.get(uid) as Point;
    const parent = (index.in.get(uid) ?? []).map((link) => out.get(link.from)).find((p) => p !== undefined);
    const near = parent ? { x: parent.x, y: parent.y + nodeHeight + 72 } : point;
    const free = freePlace(near, taken);
    out.set(uid, free);
    taken.push(free);
  }
  return { places: out, routes: new Map() };
}

/** freePlace moves a point to the right until it covers no other node. */
export function freePlace(point: Point, taken: readonly Point[]): Point {
  let at = point;
  const covers = (other: Point) => Math.abs(other.x - at.x) < nodeWidth + 16 && Math.abs(other.y - at.y) < nodeHeight + 16;
  for (let other = taken.find(covers); other; other = taken.find(covers)) at = { x: other.x + nodeWidth + 32, y: at.y };
  return at;
}

function automatic(doc: Doc): Layout {
  const index = indexOf(doc);
  const uids = [sourceID, ...index.nodes.map((node) => node.uid), ...index.ghosts];
  const { nodes, passes } = arrange(uids, [...index.links].sort(inOrder).map((link) => ({ id: link.uid, from: link.from, to: link.to })), nodeWidth);
  const step = nodeHeight + 76;
  const places = new Map<string, Point>();
  for (const [uid, { x, rank }] of nodes) places.set(uid, { x: Math.round(x - nodeWidth / 2), y: rank * step });
  const routes = new Map<string, Point[]>();
  for (const [uid, points] of passes) {
    routes.set(uid, points.flatMap(({ x, rank }) => [{ x: Math.round(x), y: rank * step }, { x: Math.round(x), y: rank * step + nodeHeight }]));
  }
  return { places, routes };
}

/** The edges of a node in the order of its branches: "else" after the others, and errors last. */
function inOrder(a: Link, b: Link): number {
  const late = (link: Link) => Number(link.view.conditional?.type === "else") + 2 * Number(link.view.conditional?.type === "error");
  return late(a) - late(b) || a.index - b.index;
}
