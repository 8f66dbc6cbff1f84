import type { Doc } from "./document";
import { isObject, type JsonObject } from "./json";
import { getAt, setAt } from "./pointer";

export interface Point {
  x: number;
  y: number;
}

/**
 * Positions are stored by action id in metadata.editor.positions, and only once somebody has moved something: until then the
 * layout is automatic, and the definition, with its hash, is what it was.
 */
export function positionsOf(doc: Doc): Record<string, Point> {
  const stored = getAt(doc.root, path);
  if (!isObject(stored)) return {};
  const out: Record<string, Point> = {};
  for (const [id, value] of Object.entries(stored)) {
    if (!Array.isArray(value)) continue;
    const [x, y] = value;
    if (typeof x === "number" && typeof y === "number") out[id] = { x, y };
  }
  return out;
}

const path = ["metadata", "editor", "positions"];

export function withPositions(doc: Doc, points: Record<string, Point>): Doc {
  const stored: JsonObject = {};
  for (const [id, point] of Object.entries(points)) stored[id] = [Math.round(point.x), Math.round(point.y)];
  return { ...doc, root: setAt(doc.root, path, stored) as JsonObject };
}

/** withoutPositions goes back to the automatic layout and removes what it leaves empty. */
export function withoutPositions(doc: Doc): Doc {
  if (getAt(doc.root, path) === undefined) return doc;
  let root = setAt(doc.root, path, undefined) as JsonObject;
  for (const parent of [["metadata", "editor"], ["metadata"]]) {
    const value = getAt(root, parent);
    if (isObject(value) && Object.keys(value).length === 0) root = setAt(root, parent, undefined) as JsonObject;
  }
  return { ...doc, root };
}
