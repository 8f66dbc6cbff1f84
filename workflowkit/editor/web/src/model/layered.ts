import { order } from "./layered-order";
import { place } from "./layered-place";

/** Vertex is a node in a layer, or the place where a long edge passes one. */
export interface Vertex {
  id?: string;
  width: number;
  rank: number;
  x: number;
  up: Vertex[];
  down: Vertex[];
}

export interface Arc {
  id: string;
  from: string;
  to: string;
}

/** Arranged has the centre of each node and, for edges that pass other layers, the centres of the places where they do. */
export interface Arranged {
  nodes: Map<string, { x: number; rank: number }>;
  passes: Map<string, { x: number; rank: number }[]>;
}

/**
 * arrange draws a graph in layers, from top to bottom, with few crossings: targets of an edge lie below its source, and
 * those of one node stand in the order of its edges where that crosses nothing. It takes time in proportion to the size of
 * the graph, so that it can be done anew with every change, and gives the same for the same graph. Cycles are no problem.
 */
export function arrange(ids: readonly string[], arcs: readonly Arc[], width: number): Arranged {
  const real = arcs.filter((arc) => arc.from !== arc.to);
  const forward = acyclic(ids, real);
  const ranks = rank(ids, forward);
  const vertices = new Map<string, Vertex>(ids.map((id) => [id, { id, width, rank: ranks.get(id) ?? 0, x: 0, up: [], down: [] }]));
  const passing = new Map<string, Vertex[]>();
  const all = [...vertices.values()];
  for (const arc of forward) {
    let above = vertices.get(arc.from) as Vertex;
    const below = vertices.get(arc.to) as Vertex;
    const chain: Vertex[] = [];
    for (let r = above.rank + 1; r < below.rank; r++) {
      const pass: Vertex = { width: 24, rank: r, x: 0, up: [above], down: [] };
      above.down.push(pass);
      chain.push(pass);
      all.push(pass);
      above = pass;
    }
    above.down.push(below);
    below.up.push(above);
    if (chain.length > 0 && !arc.reversed) passing.set(arc.id, chain);
  }
  const layers = order(all);
  place(layers);
  const at = (vertex: Vertex) => ({ x: vertex.x, rank: vertex.rank });
  return {
    nodes: new Map([...vertices].map(([id, vertex]) => [id, at(vertex)])),
    passes: new Map([...passing].map(([id, chain]) => [id, chain.map(at)])),
  };
}

interface Forward extends Arc {
  reversed: boolean;
}

/** acyclic turns around the edges that close cycles, so that all of them lead downwards. */
function acyclic(ids: readonly string[], arcs: readonly Arc[]): Forward[] {
  const out = new Map<string, Arc[]>(ids.map((id) => [id, []]));
  for (const arc of arcs) out.get(arc.from)?.push(arc);
  const back = new Set<Arc>();
  const state = new Map<string, "open" | "done">();
  for (const start of ids) {
    if (state.has(start)) continue;
    const stack = [{ id: start, next: 0 }];
    state.set(start, "open");
    for (let top = stack.at(-1); top; top = stack.at(-1)) {
      const arc = out.get(top.id)?.[top.next++];
      if (!arc) {
        state.set(top.id, "done");
        stack.pop();
      } else if (state.get(arc.to) === "open") back.add(arc);
      else if (!state.has(arc.to)) {
        state.set(arc.to, "open");
        stack.push({ id: arc.to, next: 0 });
      }
    }
  }
  return arcs.map((arc) => (back.has(arc) ? { id: arc.id, from: arc.to, to: arc.from, reversed: true } : { ...arc, reversed: false }));
}

/** rank gives each node the length of the longest way to it. What nothing leads to stands just above what it leads to. */
function rank(ids: readonly string[], arcs: readonly Forward[]): Map<string, number> {
  const degree = new Map<string, number>(ids.map((id) => [id, 0]));
  const out = new Map<string, string[]>(ids.map((id) => [id, []]));
  for (const arc of arcs) {
    degree.set(arc.to, (degree.get(arc.to) ?? 0) + 1);
    out.get(arc.from)?.push(arc.to);
  }
  const roots = ids.filter((id) => degree.get(id) === 0);
  const ranks = new Map<string, number>(roots.map((id) => [id, 0]));
  const queue = [...roots];
  for (const id of queue) {
    for (const to of out.get(id) ?? []) {
      ranks.set(to, Math.max(ranks.get(to) ?? 0, (ranks.get(id) ?? 0) + 1));
      const left = (degree.get(to) ?? 0) - 1;
      degree.set(to, left);
      if (left === 0) queue.push(to);
    }
  }
  for (const id of roots.slice(1)) {
    const below = (out.get(id) ?? []).map((to) => ranks.get(to) ?? 0);
    if (below.length > 0) ranks.set(id, Math.min(...below) - 1);
  }
  return ranks;
}
