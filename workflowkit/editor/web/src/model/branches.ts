import { allowsFreeEdges, type Conditional, type PredefinedEdge, predefinedEdges, type Spec } from "./catalog";
import type { EdgeView } from "./document";
import type { Index, Link } from "./index";
import { isObject, type Json, type JsonObject, sameJson } from "./json";

/** Branch is a way out of an action: a predefined edge of its kind, or a free one. Its key names it within the kind. */
export interface Branch {
  key: string;
  label: string;
  edge?: PredefinedEdge;
}

export const freeKey = "out";

/** branchesOf lists the ways out that a kind offers. */
export function branchesOf(spec: Spec | undefined): Branch[] {
  const list: Branch[] = predefinedEdges(spec).map((edge, i) => ({ key: `p${i}`, label: edge.name || conditionLabel(edge.conditional ?? undefined) || `Branch ${i + 1}`, edge }));
  // A predefined edge without a condition is what a free one would be.
  const free = list.some((branch) => !branch.edge?.conditional);
  if ((allowsFreeEdges(spec) && !free) || list.length === 0) list.push({ key: freeKey, label: list.length > 0 ? "Other" : "" });
  return list;
}

/** branchKey says at which way out an edge begins. */
export function branchKey(spec: Spec | undefined, edge: EdgeView): string {
  const at = predefinedEdges(spec).findIndex((p) => sameCondition(p.conditional ?? undefined, edge.conditional));
  return at < 0 ? freeKey : `p${at}`;
}

export function sameCondition(a: Conditional | undefined, b: Conditional | undefined): boolean {
  if (!a || !b) return !a && !b;
  return a.type === b.type && refText(a.ref) === refText(b.ref) && sameJson(a.value, b.value);
}

/** The TypeScript package's own edges of builtin:if say $.result where $.output.result is meant. */
function refText(ref: string | undefined): string {
  return (ref ?? "").replace(/\s+/g, "").replace(/^!ref\(\$\.output\./, "!ref($.");
}

/** nextBranch is the first way out that no edge uses, or the free one, or the first. */
export function nextBranch(index: Index, uid: string, spec: Spec | undefined): Branch {
  const all = branchesOf(spec);
  const free = all.find((branch) => !branch.edge?.conditional);
  if (free && allowsFreeEdges(spec)) return free;
  const used = new Set((index.out.get(uid) ?? []).map((link: Link) => branchKey(spec, link.view)));
  return all.find((branch) => !used.has(branch.key)) ?? (all[0] as Branch);
}

/** newEdge is an edge as it is stored. */
export function newEdge(from: string, to: string, branch?: Branch): JsonObject {
  const edge: JsonObject = { from, to };
  if (branch?.edge?.name) edge.name = branch.edge.name;
  if (branch?.edge?.conditional) edge.conditional = storeConditional(branch.edge.conditional);
  return edge;
}

export function storeConditional(cond: Conditional, before?: Json): JsonObject {
  const kept: JsonObject = isObject(before) ? { ...before } : {};
  const { type, ref, value } = cond;
  kept.type = type;
  if (ref === undefined) delete kept.ref;
  else kept.ref = ref;
  if (value === undefined) delete kept.value;
  else kept.value = value;
  return kept;
}

/** conditionLabel is what stands at an edge without a name. */
export function conditionLabel(cond: Conditional | undefined): string {
  switch (cond?.type) {
    case undefined:
      return "";
    case "if":
      return "If";
    case "else":
      return "Else";
    case "match":
      return cond.value === undefined ? "Equals …" : `= ${shortText(cond.value)}`;
    case "error":
      return "On error";
    default:
      return cond?.type || "Condition";
  }
}

function shortText(value: Json): string {
  const text = typeof value === "string" ? value : JSON.stringify(value, (_k, v: unknown) => (isObject(v) || Array.isArray(v) || typeof v !== "object" || v === null ? v : String(v)));
  return text.length > 24 ? text.slice(0, 23) + "…" : text;
}
