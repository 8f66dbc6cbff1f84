import { type Doc, type Entry } from "./document";
import type { Edit } from "./edit";
import { canKeep, freshID } from "./ids";
import { indexOf } from "./index";
import { isObject, type Json, type JsonObject, parseJson, stringifyJson } from "./json";
import { freePlace, nodeHeight } from "./layout";
import { type Point, positionsOf, withPositions } from "./positions";
import { renameRefs } from "./refs";

/** copyText is the selected actions, with the edges between them, as a workflow in JSON. */
export function copyText(doc: Doc, uids: readonly string[]): string | undefined {
  const chosen = new Set(uids);
  const actions = doc.actions.filter((entry) => chosen.has(entry.uid));
  if (actions.length === 0) return undefined;
  const links = indexOf(doc).links.filter((link) => chosen.has(link.from) && chosen.has(link.to));
  return stringifyJson({ actions: actions.map((entry) => entry.raw), edges: links.map((link) => link.entry.raw) }, 2);
}

/** readClipboard reads actions from text: a workflow, or a part of one, a list of actions, or a single action. */
export function readClipboard(text: string): { actions: Json[]; edges: Json[] } | undefined {
  let value: Json;
  try {
    value = parseJson(text);
  } catch {
    return undefined;
  }
  if (isObject(value) && Array.isArray(value.actions)) return { actions: value.actions, edges: Array.isArray(value.edges) ? value.edges : [] };
  const list = Array.isArray(value) ? value : [value];
  return list.length > 0 && list.every((item) => isObject(item) && typeof item.kind === "string") ? { actions: list, edges: [] } : undefined;
}

/** paste adds actions under new ids. Refs and edges between them name the copies, refs to others stay as they are. */
export function paste(part: { actions: Json[]; edges: Json[] }, near?: Point): Edit {
  return (doc, context) => {
    const renamed = new Map<string, string>();
    let floor = context.floor;
    const raws: JsonObject[] = [];
    for (const raw of part.actions) {
      if (!isObject(raw)) continue;
      const id = freshID(doc, floor);
      floor = Number(id);
      if (typeof raw.id === "string" && !renamed.has(raw.id)) renamed.set(raw.id, id);
      raws.push({ ...raw, id });
    }
    if (raws.length === 0) return undefined;
    const actions = raws.map((raw): Entry => ({ uid: context.uid(), raw: raw.inputs === undefined ? raw : { ...raw, inputs: renameRefs(raw.inputs, renamed) } }));
    const edges = part.edges.flatMap((raw) => pastedEdge(raw, renamed)).map((raw): Entry => ({ uid: context.uid(), raw }));
    const readable: Doc = doc.unreadable === undefined ? doc : { root: {}, actions: [], edges: [] };
    const next: Doc = { ...readable, actions: [...readable.actions, ...actions], edges: [...readable.edges, ...edges] };
    return { doc: spread(next, raws, near), select: actions.map((entry) => entry.uid) };
  };
}

function pastedEdge(raw: Json, renamed: Map<string, string>): JsonObject[] {
  if (!isObject(raw) || typeof raw.from !== "string" || typeof raw.to !== "string") return [];
  const [from, to] = [renamed.get(raw.from), renamed.get(raw.to)];
  if (!from || !to) return [];
  const { id: _id, ...rest } = raw;
  const edge: JsonObject = { ...rest, from, to };
  return [edge.conditional === undefined ? edge : { ...edge, conditional: renameRefs(edge.conditional, renamed) }];
}

/** duplicate makes copies of actions, beside them. */
export function duplicate(uids: readonly string[]): Edit {
  return (doc, context) => {
    const text = copyText(doc, uids);
    const part = text === undefined ? undefined : readClipboard(text);
    const first = doc.actions.find((entry) => uids.includes(entry.uid));
    const near = first && isObject(first.raw) && typeof first.raw.id === "string" ? positionsOf(doc)[first.raw.id] : undefined;
    return part ? paste(part, near)(doc, context) : undefined;
  };
}

/** Where positions are stored, copies get some, too: beside their original, or below everything. */
function spread(doc: Doc, raws: JsonObject[], near: Point | undefined): Doc {
  const positions = positionsOf(doc);
  const taken = Object.values(positions);
  if (taken.length === 0 || !canKeep(doc)) return doc;
  const start = near ?? { x: Math.min(...taken.map((p) => p.x)), y: Math.max(...taken.map((p) => p.y)) + nodeHeight + 72 };
  const added: Record<string, Point> = {};
  for (const raw of raws) {
    const free = freePlace(start, taken);
    added[String(raw.id)] = free;
    taken.push(free);
  }
  return withPositions(doc, { ...positions, ...added });
}
