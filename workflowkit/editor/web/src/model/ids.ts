import { type Doc, viewEdge } from "./document";
import { indexOf } from "./index";
import { isObject, type JsonObject } from "./json";
import { positionsOf } from "./positions";
import { getAt, setAt } from "./pointer";

/**
 * Ids are decimal texts, as the TypeScript editor writes them, and none is given twice: runs, refs and steps of the past
 * name them. The document itself shows the greatest id in use. When the action that has it is deleted, the number is kept in
 * metadata.editor.lastId, so that the next session knows it as well.
 */
export function greatestID(doc: Doc): number {
  let greatest = 0;
  const see = (id: string | undefined) => {
    const n = decimal(id);
    if (n !== undefined && n > greatest) greatest = n;
  };
  for (const node of indexOf(doc).nodes) see(node.view.id);
  for (const entry of doc.edges) {
    const edge = viewEdge(entry.raw);
    see(edge.from);
    see(edge.to);
  }
  Object.keys(positionsOf(doc)).forEach(see);
  const kept = getAt(doc.root, lastPath);
  if (typeof kept === "number" && Number.isSafeInteger(kept)) greatest = Math.max(greatest, kept);
  return greatest;
}

const lastPath = ["metadata", "editor", "lastId"];

/** keepGreatest notes the greatest id of the document before a deletion, if the document after it does not show it. */
export function keepGreatest(before: Doc, after: Doc): Doc {
  const greatest = greatestID(before);
  if (greatestID(after) >= greatest || !canKeep(after)) return after;
  return { ...after, root: setAt(after.root, lastPath, greatest) as JsonObject };
}

/** canKeep says whether the metadata is an object, or can become one without losing anything. */
export function canKeep(doc: Doc): boolean {
  const metadata = doc.root.metadata;
  if (metadata === undefined || metadata === null) return true;
  return isObject(metadata) && (metadata.editor === undefined || isObject(metadata.editor));
}

/** freshID returns an id that the document has never had, above floor, the greatest that this session has given. */
export function freshID(doc: Doc, floor: number): string {
  const { uidOfId } = indexOf(doc);
  let next = Math.max(greatestID(doc), floor) + 1;
  while (uidOfId.has(String(next))) next++;
  return String(next);
}

function decimal(id: string | undefined): number | undefined {
  if (id === undefined || !/^\d{1,15}$/.test(id)) return undefined;
  return Number(id);
}
