import type { Conditional } from "./catalog";
import { isObject, type Json, type JsonObject } from "./json";

/** Entry is an action or an edge, as it is stored, whatever it is. The uid is the editor's own and is never stored. */
export interface Entry {
  readonly uid: string;
  readonly raw: Json;
}

/**
 * Doc is a workflow that is being edited. It is immutable, and what it does not know it keeps: root holds all members of
 * the stored object. A definition that is not an object is kept as it is, until somebody replaces it.
 */
export interface Doc {
  readonly root: JsonObject;
  readonly actions: readonly Entry[];
  readonly edges: readonly Entry[];
  readonly unreadable?: Json;
}

export const sourceID = "$source";
export const sinkID = "$sink";

export const emptyDoc: Doc = { root: {}, actions: [], edges: [] };

/** parseDoc reads a stored definition. It never fails: rows that cannot run are there to be repaired. */
export function parseDoc(definition: Json | undefined): Doc {
  if (definition === null || definition === undefined) return emptyDoc;
  if (!isObject(definition)) return { ...emptyDoc, unreadable: definition };
  return { root: definition, actions: entries(definition.actions, "a"), edges: entries(definition.edges, "e") };
}

function entries(list: Json | undefined, prefix: string): Entry[] {
  return Array.isArray(list) ? list.map((raw, index) => ({ uid: `${prefix}${index}`, raw })) : [];
}

/** storeDoc returns the definition. Lists that were not there, or were no lists, are made only to hold something. */
export function storeDoc(doc: Doc): Json {
  if (doc.unreadable !== undefined) return doc.unreadable;
  const root: JsonObject = { ...doc.root };
  if (doc.actions.length > 0 || fresh(doc.root, "actions")) root.actions = doc.actions.map((entry) => entry.raw);
  if (doc.edges.length > 0 || fresh(doc.root, "edges")) root.edges = doc.edges.map((entry) => entry.raw);
  return root;
}

function fresh(root: JsonObject, name: string): boolean {
  return Array.isArray(root[name]) || Object.keys(root).length === 0;
}

/** ActionView is what can be read of a stored action. Members of the wrong type are undefined. */
export interface ActionView {
  id?: string;
  kind?: string;
  name?: string;
  description?: string;
  inputs?: Json;
}

export function viewAction(raw: Json): ActionView {
  if (!isObject(raw)) return {};
  return { id: text(raw.id), kind: text(raw.kind), name: text(raw.name), description: text(raw.description), inputs: raw.inputs };
}

export interface EdgeView {
  id?: string;
  from?: string;
  to?: string;
  name?: string;
  conditional?: Conditional;
}

export function viewEdge(raw: Json): EdgeView {
  if (!isObject(raw)) return {};
  return { id: text(raw.id), from: text(raw.from), to: text(raw.to), name: text(raw.name), conditional: viewConditional(raw.conditional) };
}

function viewConditional(raw: Json | undefined): Conditional | undefined {
  if (!isObject(raw)) return undefined;
  const view: Conditional = { type: text(raw.type) ?? "" };
  if (typeof raw.ref === "string") view.ref = raw.ref;
  if (raw.value !== undefined) view.value = raw.value;
  return view;
}

function text(value: Json | undefined): string | undefined {
  return typeof value === "string" ? value : undefined;
}

/** Where an edge is "from->to" if it has no id of its own, as findings and runs name it. */
export function edgeName(edge: EdgeView): string {
  return edge.id || `${edge.from ?? "?"}->${edge.to ?? "?"}`;
}
