import { describe, expect, it } from "vitest";
import { type Doc, parseDoc } from "../src/model/document";
import type { Json } from "../src/model/json";
import { freePlace, layout, layoutKey, nodeHeight, nodeWidth } from "../src/model/layout";
import { withoutPositions, withPositions } from "../src/model/positions";

function draw(edges: [string, string, string?][], ids: string[] = []): Doc {
  const all = [...new Set([...edges.flat().filter((id): id is string => id !== undefined && !["$source", "if", "else"].includes(id)), ...ids])];
  return parseDoc({
    actions: all.map((id) => ({ id, kind: "x" })),
    edges: edges.map(([from, to, type]): Json => (type ? { from, to, conditional: { type, ref: "!ref($.output)" } } : { from, to })),
  });
}

function at(doc: Doc) {
  const { places, routes } = layout(doc);
  const uid = (id: string) => (id === "$source" ? id : `a${doc.actions.findIndex((entry) => (entry.raw as { id: string }).id === id)}`);
  return { routes, of: (id: string) => places.get(uid(id)) ?? { x: NaN, y: NaN }, all: [...places.values()] };
}

function expectApart(points: { x: number; y: number }[]): void {
  points.forEach((a, i) => {
    for (const b of points.slice(i + 1)) expect(Math.abs(a.x - b.x) >= nodeWidth || Math.abs(a.y - b.y) >= nodeHeight, JSON.stringify([a, b])).toBe(true);
  });
}

describe("the automatic layout", () => {
  it("draws a chain as a straight line, downwards", () => {
    const { of } = at(draw([["$source", "1"], ["1", "2"], ["2", "3"]]));
    expect(new Set(["$source", "1", "2", "3"].map((id) => of(id).x)).size).toBe(1);
    expect(of("3").y).toBeGreaterThan(of("2").y);
  });
  it("keeps the branches of an if in their order, true to the left, however they are listed", () => {
    const { of } = at(draw([["$source", "1"], ["1", "3", "else"], ["1", "2", "if"], ["2", "4"], ["3", "4"]]));
    expect(of("2").x).toBeLessThan(of("3").x);
    expect(of("2").y).toBe(of("3").y);
    expect(Math.abs(of("4").x - of("1").x)).toBeLessThan(2);
  });
  it("leads a long edge past what lies between", () => {
    const doc = draw([["$source", "1"], ["1", "2"], ["2", "3"], ["1", "3"]]);
    const { of, routes } = at(doc);
    const route = routes.get("e3") ?? [];
    expect(route.length).toBe(2);
    for (const point of route) expect(point.x < of("2").x || point.x > of("2").x + nodeWidth).toBe(true);
  });
  it("draws cycles, edges to themselves, dangling edges and what nothing leads to", () => {
    const doc = draw([["$source", "1"], ["1", "2"], ["2", "1"], ["2", "2"], ["2", "99"], ["98", "2"]], ["7", "8"]);
    const broken = parseDoc({ actions: doc.actions.filter((entry) => !["98", "99"].includes((entry.raw as { id: string }).id)).map((entry) => entry.raw), edges: doc.edges.map((entry) => entry.raw) });
    const points = [...layout(broken).places.values()];
    expect(points.every((point) => Number.isFinite(point.x) && Number.isFinite(point.y))).toBe(true);
    expectApart(points);
  });
  it("covers nothing, and leads all edges downwards, in graphs of any shape", () => {
    let seed = 1;
    const random = (n: number) => (seed = (seed * 16807) % 2147483647) % n;
    for (let round = 0; round < 60; round++) {
      const n = 2 + random(25);
      const edges: [string, string][] = [["$source", "1"]];
      for (let i = 2; i <= n; i++) for (let k = 0; k <= random(3); k++) edges.push([String(1 + random(i - 1)), String(i)]);
      const { of, all } = at(draw(edges));
      expectApart(all);
      for (const [from, to] of edges) expect(of(to).y).toBeGreaterThan(of(from).y);
    }
  });
  it("is the same for the same graph", () => {
    const make = () => draw([["$source", "1"], ["1", "2"], ["1", "3"], ["3", "4"], ["2", "5"], ["1", "5"]]);
    expect([...layout(make()).places]).toEqual([...layout(make()).places]);
  });
  it("has nothing to do for fields, and something for edges", () => {
    const doc = draw([["$source", "1"], ["1", "2"]]);
    const renamed: Doc = { ...doc, actions: doc.actions.map((entry) => ({ ...entry, raw: { ...(entry.raw as object), name: "new" } })) };
    expect(layoutKey(renamed)).toBe(layoutKey(doc));
    expect(layoutKey({ ...doc, edges: doc.edges.slice(1) })).not.toBe(layoutKey(doc));
  });
});

describe("stored positions", () => {
  it("win, and what has none stands where there is room", () => {
    const doc = withPositions(draw([["$source", "1"], ["1", "2"], ["1", "3"]]), { $source: { x: 0, y: 0 }, 1: { x: 500.4, y: 20 } });
    const { of, all } = at(doc);
    expect(of("1")).toEqual({ x: 500, y: 20 });
    expect(of("2").y).toBeGreaterThan(20);
    expectApart(all);
  });
  it("are removed without a trace", () => {
    const doc = draw([["$source", "1"]]);
    expect(withoutPositions(withPositions(doc, { 1: { x: 1, y: 2 } })).root).toEqual(doc.root);
    expect(withoutPositions(doc)).toBe(doc);
  });
  it("ignore what is no position", () => {
    const doc = parseDoc({ actions: [{ id: "1", kind: "x" }], edges: [], metadata: { editor: { positions: { 1: "left", 2: [1], 3: { x: 1 } } } } });
    expect(layout(doc).places.size).toBe(2);
  });
  it("are free of others", () => {
    expect(freePlace({ x: 0, y: 0 }, [{ x: 10, y: 10 }, { x: 300, y: 0 }]).x).toBeGreaterThan(300 + nodeWidth);
  });
});
