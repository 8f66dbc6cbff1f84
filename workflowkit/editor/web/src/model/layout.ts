import dagre from "@dagrejs/dagre";
import { type Doc, sourceID } from "./document";
import { storedID } from "./edit";
import { type Index, indexOf, type Link } from "./index";
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
  const arranged = arrange(doc);
  const automatic = arranged.places;
  const stored = positionsOf(doc);
  if (Object.keys(stored).length === 0) return arranged;
  const index = indexOf(doc);
  const out = new Map<string, Point>();
  const taken: Point[] = [];
  for (const uid of automatic.keys()) {
    const id = storedID(doc, uid);
    const point = id !== undefined && index.uidOfId.get(id) === uid ? stored[id] : undefined;
    if (point) {
      out.set(uid, point);
      taken.push(point);
    }
  }
  for (const [uid, point] of automatic) {
    if (out.has(uid)) continue;
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

function arrange(doc: Doc): Layout {
  const index = indexOf(doc);
  const graph = new dagre.graphlib.Graph({ multigraph: true });
  graph.setGraph({ rankdir: "TB", nodesep: 40, ranksep: 76, marginx: 0, marginy: 0 });
  graph.setDefaultEdgeLabel(() => ({}));
  const uids = [sourceID, ...index.nodes.map((node) => node.uid), ...index.ghosts];
  for (const uid of uids) graph.setNode(uid, { width: nodeWidth, height: nodeHeight });
  for (const link of index.links) {
    if (link.from !== link.to) graph.setEdge(link.from, link.to, {}, link.uid);
  }
  dagre.layout(graph, { constraints: branchOrder(index) });
  const places = new Map<string, Point>();
  for (const uid of uids) {
    const { x, y } = graph.node(uid) as Point;
    places.set(uid, { x: Math.round(x - nodeWidth / 2), y: Math.round(y - nodeHeight / 2) });
  }
  const routes = new Map<string, Point[]>();
  for (const link of index.links) {
    const points = link.from === link.to ? [] : ((graph.edge(link.from, link.to, link.uid) as { points?: Point[] }).points ?? []);
    // The first and the last point are on the nodes; with one in between, the edge is a short one.
    if (points.length > 3) routes.set(link.uid, points.slice(1, -1).map(({ x, y }) => ({ x: Math.round(x), y: Math.round(y) })));
  }
  return { places, routes };
}

/** branchOrder keeps the targets of branches in the order of the branches, "else" last, so that their edges do not cross. */
function branchOrder(index: Index): { left: string; right: string }[] {
  const out: { left: string; right: string }[] = [];
  const last = (link: Link) => Number(link.view.conditional?.type === "else") + 2 * Number(link.view.conditional?.type === "error");
  for (const links of index.out.values()) {
    const own = links.filter((link) => index.in.get(link.to)?.length === 1).sort((a, b) => last(a) - last(b) || a.index - b.index);
    own.slice(1).forEach((link, i) => out.push({ left: own[i]?.to ?? "", right: link.to }));
  }
  return out;
}
