import type { Vertex } from "./layered";

const gap = 40;
const rounds = 12;

/** place gives each vertex its x: near the mean of its neighbours, in the order of its layer, and apart from those beside it. */
export function place(layers: readonly Vertex[][]): void {
  for (const layer of layers) {
    let x = 0;
    for (const vertex of layer) {
      vertex.x = x + vertex.width / 2;
      x += vertex.width + gap;
    }
    for (const vertex of layer) vertex.x -= x / 2;
  }
  for (let i = 0; i < rounds; i++) {
    const last = i >= rounds - 4;
    const turn = i % 2 === 0 ? layers : [...layers].reverse();
    for (const layer of turn) settle(layer, (vertex) => (last ? [...vertex.up, ...vertex.down] : i % 2 === 0 ? vertex.up : vertex.down));
  }
}

interface Block {
  sum: number;
  weight: number;
  first: number;
}

/**
 * settle solves one layer exactly: the places nearest to where the neighbours pull, in the sense of least squares, that keep
 * order and distance. With the distances taken off, that is a regression that must not fall, which merging neighbours solves.
 */
function settle(layer: readonly Vertex[], near: (vertex: Vertex) => readonly Vertex[]): void {
  const offsets: number[] = [];
  let offset = 0;
  layer.forEach((vertex, i) => {
    if (i > 0) offset += ((layer[i - 1] as Vertex).width + vertex.width) / 2 + gap;
    offsets.push(offset);
  });
  const blocks: Block[] = [];
  layer.forEach((vertex, i) => {
    const { wish, weight } = pull(vertex, near(vertex));
    let block: Block = { sum: (wish - (offsets[i] ?? 0)) * weight, weight, first: i };
    for (let before = blocks.at(-1); before && before.sum / before.weight >= block.sum / block.weight; before = blocks.at(-1)) {
      block = { sum: before.sum + block.sum, weight: before.weight + block.weight, first: before.first };
      blocks.pop();
    }
    blocks.push(block);
  });
  blocks.forEach((block, b) => {
    const end = blocks[b + 1]?.first ?? layer.length;
    for (let i = block.first; i < end; i++) (layer[i] as Vertex).x = block.sum / block.weight + (offsets[i] ?? 0);
  });
}

/** A long edge pulls hard on its own parts, so that it is straight, and little on what it joins. */
function pull(vertex: Vertex, near: readonly Vertex[]): { wish: number; weight: number } {
  let sum = 0;
  let weight = 0;
  for (const other of near) {
    const passes = Number(vertex.id === undefined) + Number(other.id === undefined);
    const w = passes === 2 ? 8 : passes === 1 ? 0.3 : 1;
    sum += other.x * w;
    weight += w;
  }
  return weight > 0 ? { wish: sum / weight, weight } : { wish: vertex.x, weight: 0.01 };
}
