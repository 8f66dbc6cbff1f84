import { type Catalog, outputSchema, specName } from "./catalog";
import { sourceID } from "./document";
import { type Index, nodeTitle } from "./index";
import { isObject, type Json } from "./json";
import { joinPath } from "./refs";
import { type Leaf, schemaLeaves, valueLeaves } from "./sample";
import type { Schema } from "./schema";

/** RefSource is something that refs can look into: the event, an action that is sure to have run, or the edge's output. */
export interface RefSource {
  key: string;
  title: string;
  note: string;
  /** The path of the whole. */
  path: string;
  leaves: Leaf[];
}

export type Scopes = Record<string, { sure: string[] | null; maybe: string[] | null }>;

export function eventSource(event: Json): RefSource {
  const value = isObject(event) ? event : {};
  const shown = { data: value.data ?? {}, name: value.name ?? "", ...value };
  return { key: "event", title: "Event", note: "what has started the run", path: "$.event", leaves: valueLeaves(shown) };
}

/** actionSources lists the actions of a scope: those that the server says are sure to have run. */
export function actionSources(index: Index, catalog: Catalog, sure: readonly string[]): RefSource[] {
  return sure.filter((id) => id !== sourceID).map((id) => {
    const node = index.byUid.get(index.uidOfId.get(id) ?? "");
    const spec = catalog.get(node?.view.kind);
    const kind = spec ? specName(spec) : (node?.view.kind ?? "");
    const title = nodeTitle(node, kind);
    return { key: id, title, note: title === kind ? `action ${id}` : `${kind}, action ${id}`, path: joinPath("$.state", [id]), leaves: schemaLeaves(outputSchema(spec)) };
  });
}

/** outputSource is what the condition of an edge sees of the action that the edge leaves. */
export function outputSource(title: string, schema: Schema | undefined): RefSource {
  return { key: "output", title: "Output", note: `of ${title}`, path: "$.output", leaves: schemaLeaves(schema) };
}
