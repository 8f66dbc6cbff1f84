import type { Vertex } from "./layered";

const sweeps = 8;

/** order sorts the vertices of each layer so that few edges cross. It begins with the order in which they are found. */
export function order(vertices: readonly Vertex[]): Vertex[][] {
  let layers = found(vertices);
  let best = layers.map((layer) => [...layer]);
  let least = crossings(best);
  for (let i = 0; i < sweeps && least > 0; i++) {
    layers = sweep(layers, i % 2 === 0);
    const count = crossings(layers);
    if (count >= least) continue;
    least = count;
    best = layers.map((layer) => [...layer]);
  }
  return best;
}

/** found walks down from the roots, depth first, in the order of the edges. */
function found(vertices: readonly Vertex[]): Vertex[][] {
  const layers: Vertex[][] = [];
  const seen = new Set<Vertex>();
  for (const root of vertices) {
    if (root.up.length > 0 || seen.has(root)) continue;
    const stack = [root];
    for (let vertex = stack.pop(); vertex; vertex = stack.pop()) {
      if (seen.has(vertex)) continue;
      seen.add(vertex);
      (layers[vertex.rank] ??= []).push(vertex);
      for (let i = vertex.down.length - 1; i >= 0; i--) stack.push(vertex.down[i] as Vertex);
    }
  }
  for (let r = 0; r < layers.length; r++) layers[r] ??= [];
  return layers;
}

/** sweep sorts layer after layer by the mean place of the neighbours above, or below. */
function sweep(layers: Vertex[][], downwards: boolean): Vertex[][] {
  const out = layers.map((layer) => [...layer]);
  const at = new Map<Vertex, number>();
  const note = (layer: Vertex[]) => layer.forEach((vertex, i) => at.set(vertex, i));
  out.forEach(note);
  const turn = downwards ? out.keys() : [...out.keys()].reverse();
  for (const r of turn) {
    const layer = out[r] as Vertex[];
    const key = new Map<Vertex, number>();
    for (const vertex of layer) {
      const near = downwards ? vertex.up : vertex.down;
      const mean = near.reduce((sum, other) => sum + (at.get(other) ?? 0), 0) / near.length;
      key.set(vertex, near.length > 0 ? mean : (at.get(vertex) ?? 0));
    }
    layer.sort((a, b) => (key.get(a) ?? 0) - (key.get(b) ?? 0));
    note(layer);
  }
  return out;
}

function crossings(layers: Vertex[][]): number {
  let total = 0;
  for (let r = 1; r < layers.length; r++) total += between(layers[r - 1] as Vertex[], layers[r] as Vertex[]);
  return total;
}

/** between counts the crossings between two layers, by counting with a Fenwick tree what ends to the right of each edge. */
function between(upper: Vertex[], lower: Vertex[]): number {
  const at = new Map(lower.map((vertex, i) => [vertex, i]));
  const tree = new Uint32Array(lower.length + 1);
  let seen = 0;
  let total = 0;
  for (const vertex of upper) {
    const ends = vertex.down.map((other) => at.get(other) ?? 0);
    for (const end of ends) {
      let left = 0;
      for (let i = end + 1; i > 0; i -= i & -i) left += tree[i] ?? 0;
      total += seen - left;
    }
    for (const end of ends) for (let i = end + 1; i < tree.length; i += i & -i) tree[i] = (tree[i] ?? 0) + 1;
    seen += ends.length;
  }
  return total;
}
