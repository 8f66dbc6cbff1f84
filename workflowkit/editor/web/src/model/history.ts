import type { Doc } from "./document";

/** History is what can be undone and redone. Steps of one kind that follow each other, such as typing, are one step. */
export interface History {
  readonly past: readonly Doc[];
  readonly doc: Doc;
  readonly future: readonly Doc[];
  readonly group?: string;
}

const longest = 200;

export function newHistory(doc: Doc): History {
  return { past: [], doc, future: [] };
}

export function record(history: History, doc: Doc, group?: string): History {
  if (doc === history.doc) return history;
  if (group !== undefined && group === history.group && history.past.length > 0) return { ...history, doc, future: [] };
  return { past: [...history.past.slice(-longest + 1), history.doc], doc, future: [], group };
}

/** close ends a group: what is typed from now on is another step. */
export function close(history: History): History {
  return history.group === undefined ? history : { ...history, group: undefined };
}

export function undo(history: History): History {
  const doc = history.past.at(-1);
  return doc ? { past: history.past.slice(0, -1), doc, future: [history.doc, ...history.future] } : history;
}

export function redo(history: History): History {
  const [doc, ...future] = history.future;
  return doc ? { past: [...history.past, history.doc], doc, future } : history;
}
