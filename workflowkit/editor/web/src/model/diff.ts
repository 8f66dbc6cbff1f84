import { type Doc, edgeName, type Entry, storeDoc, viewAction, viewEdge } from "./document";
import { isObject, type Json, type JsonObject, sameJson, stringifyJson } from "./json";
import { formatPointer } from "./pointer";

export type Mark = "added" | "removed" | "changed" | "same";

export interface FieldChange {
  path: string;
  before?: Json;
  after?: Json;
}

export interface ItemDiff {
  key: string;
  mark: Mark;
  before?: Entry;
  after?: Entry;
  fields: FieldChange[];
}

/** DocDiff is how one state of a workflow differs from another. Actions are told apart by id, edges by id or ends. */
export interface DocDiff {
  root: FieldChange[];
  actions: ItemDiff[];
  edges: ItemDiff[];
}

export function diffDocs(before: Doc, after: Doc): DocDiff {
  const rest = (doc: Doc): Json => {
    const root = storeDoc(doc);
    if (!isObject(root)) return root;
    const { actions: _actions, edges: _edges, ...others } = root;
    return others;
  };
  return {
    root: changes(rest(before), rest(after), []),
    actions: items(before.actions, after.actions, (entry) => viewAction(entry.raw).id ?? ""),
    edges: items(before.edges, after.edges, (entry) => edgeName(viewEdge(entry.raw))),
  };
}

function items(before: readonly Entry[], after: readonly Entry[], keyOf: (entry: Entry) => string): ItemDiff[] {
  const left = new Map<string, Entry[]>();
  for (const entry of before) left.set(keyOf(entry), [...(left.get(keyOf(entry)) ?? []), entry]);
  const out: ItemDiff[] = [];
  for (const entry of after) {
    const key = keyOf(entry);
    const candidates = left.get(key) ?? [];
    const old = candidates.find((c) => sameJson(c.raw, entry.raw)) ?? candidates[0];
    left.set(key, candidates.filter((c) => c !== old));
    if (!old) out.push({ key, mark: "added", after: entry, fields: [] });
    else {
      const fields = changes(old.raw, entry.raw, []);
      out.push({ key, mark: fields.length > 0 ? "changed" : "same", before: old, after: entry, fields });
    }
  }
  for (const [key, entries] of left) for (const entry of entries) out.push({ key, mark: "removed", before: entry, fields: [] });
  return out;
}

function changes(before: Json | undefined, after: Json | undefined, path: (string | number)[]): FieldChange[] {
  if (sameJson(before, after)) return [];
  if (isObject(before) && isObject(after)) {
    const names = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort();
    return names.flatMap((name) => changes(member(before, name), member(after, name), [...path, name]));
  }
  return [{ path: formatPointer(path), before, after }];
}

function member(object: JsonObject, name: string): Json | undefined {
  return Object.hasOwn(object, name) ? object[name] : undefined;
}

export function isEmptyDiff(diff: DocDiff): boolean {
  return diff.root.length === 0 && [...diff.actions, ...diff.edges].every((item) => item.mark === "same");
}

export interface DiffLine {
  sign: "+" | "-" | "~" | " ";
  text: string;
}

/** diffLines tells the difference to people, a line for each change. */
export function diffLines(diff: DocDiff): DiffLine[] {
  const out: DiffLine[] = fieldLines(diff.root, "workflow");
  const add = (kind: string, item: ItemDiff) => {
    const name = viewAction((item.after ?? item.before)?.raw ?? null).name;
    const title = `${kind} ${item.key}${kind === "action" && name ? ` “${name}”` : ""}`;
    if (item.mark === "added") out.push({ sign: "+", text: title });
    if (item.mark === "removed") out.push({ sign: "-", text: title });
    if (item.mark === "changed") out.push(...fieldLines(item.fields, title));
  };
  for (const item of diff.actions) add("action", item);
  for (const item of diff.edges) add("edge", item);
  return out;
}

function fieldLines(fields: FieldChange[], title: string): DiffLine[] {
  return fields.map((field) => ({ sign: "~", text: `${title} ${field.path}: ${short(field.before)} → ${short(field.after)}` }));
}

function short(value: Json | undefined): string {
  if (value === undefined) return "nothing";
  const text = stringifyJson(value);
  return text.length > 160 ? text.slice(0, 159) + "…" : text;
}

/** mergeDocs draws both states as one graph: the new state, with what was removed beside it. */
export function mergeDocs(after: Doc, diff: DocDiff): { doc: Doc; marks: Map<string, Mark> } {
  const marks = new Map<string, Mark>();
  const merge = (list: ItemDiff[], prefix: string): Entry[] =>
    list.map((item, i) => {
      const entry = (item.after ?? item.before) as Entry;
      const uid = `${prefix}${i}`;
      marks.set(uid, item.mark);
      return { uid, raw: entry.raw };
    });
  return { doc: { root: after.root, actions: merge(diff.actions, "a"), edges: merge(diff.edges, "e") }, marks };
}
