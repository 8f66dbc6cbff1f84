import type { Catalog } from "./catalog";
import { type Doc, emptyDoc, parseDoc, storeDoc } from "./document";
import type { Edit } from "./edit";
import { close, type History, newHistory, record, redo, undo } from "./history";
import { greatestID } from "./ids";
import { indexOf } from "./index";
import { type Json, sameJson } from "./json";

/** EditorState is everything that editing changes. It is kept by one reducer. */
export interface EditorState {
  catalog: Catalog;
  history: History;
  /** The document as it was last loaded or saved, and its version. */
  saved: Doc;
  base: number;
  selection: readonly string[];
  /** The greatest id that was ever given in this session. */
  floor: number;
  /** Counts the names that were given to entries. */
  named: number;
  /** Fields whose text cannot be a value yet, by "<uid><pointer>": they are no part of the document. */
  unfinished: Readonly<Record<string, string>>;
}

export type EditorAction =
  | { type: "load"; definition: Json | undefined; version: number; keepHistory?: boolean }
  | { type: "saved"; doc: Doc; version: number }
  | { type: "edit"; edit: Edit; group?: string }
  | { type: "settle" }
  | { type: "undo" }
  | { type: "redo" }
  | { type: "select"; uids: readonly string[] }
  /** Adds to the selection and takes away from it; "*" takes away everything else. */
  | { type: "selectChange"; on: readonly string[]; off: readonly string[] }
  | { type: "unfinished"; key: string; message: string | undefined };

export function newEditor(catalog: Catalog, definition: Json | undefined, version: number): EditorState {
  const doc = parseDoc(definition);
  return { catalog, history: newHistory(doc), saved: doc, base: version, selection: [], floor: greatestID(doc), named: 0, unfinished: {} };
}

export function reduce(state: EditorState, action: EditorAction): EditorState {
  switch (action.type) {
    case "load":
      return load(state, action.definition, action.version, action.keepHistory ?? false);
    case "saved":
      return { ...state, saved: action.doc, base: action.version, history: close(state.history) };
    case "edit":
      return edit(state, action.edit, action.group);
    case "settle":
      return { ...state, history: close(state.history) };
    case "undo":
      return restore(state, undo(state.history));
    case "redo":
      return restore(state, redo(state.history));
    case "select":
      return select(state, action.uids);
    case "selectChange": {
      const kept = action.off.includes("*") ? [] : state.selection.filter((uid) => !action.off.includes(uid) && !action.on.includes(uid));
      return select(state, [...kept, ...action.on]);
    }
    case "unfinished":
      return unfinished(state, action.key, action.message);
  }
}

function load(state: EditorState, definition: Json | undefined, version: number, keepHistory: boolean): EditorState {
  const parsed = parseDoc(definition);
  const prefix = `v${version}.${state.named}.`;
  const rename = (list: Doc["actions"]) => list.map((entry) => ({ ...entry, uid: prefix + entry.uid }));
  const doc: Doc = { ...parsed, actions: rename(parsed.actions), edges: rename(parsed.edges) };
  const history = keepHistory ? record(close(state.history), doc) : newHistory(doc);
  return { ...state, history, saved: doc, base: version, selection: [], floor: Math.max(state.floor, greatestID(doc)), named: state.named + 1, unfinished: {} };
}

function select(state: EditorState, uids: readonly string[]): EditorState {
  return sameList(state.selection, uids) ? state : { ...state, selection: uids, history: close(state.history) };
}

function edit(state: EditorState, change: Edit, group: string | undefined): EditorState {
  let named = state.named;
  const result = change(state.history.doc, { catalog: state.catalog, floor: state.floor, uid: () => `n${named++}` });
  if (!result) return state;
  const floor = Math.max(state.floor, greatestID(result.doc));
  return { ...state, history: record(state.history, result.doc, group), selection: result.select ?? state.selection, floor, named };
}

function restore(state: EditorState, history: History): EditorState {
  if (history === state.history) return state;
  const index = indexOf(history.doc);
  const there = (uid: string) => index.byUid.has(uid) || index.linkByUid.has(uid);
  return { ...state, history, selection: state.selection.filter(there), unfinished: {} };
}

function unfinished(state: EditorState, key: string, message: string | undefined): EditorState {
  if (state.unfinished[key] === message) return state;
  const { [key]: _old, ...others } = state.unfinished;
  return { ...state, unfinished: message === undefined ? others : { ...others, [key]: message } };
}

function sameList(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((item, i) => item === b[i]);
}

/** isDirty says whether there is something to save. */
export function isDirty(state: EditorState): boolean {
  const { doc } = state.history;
  if (doc === state.saved) return false;
  return !sameJson(storeDoc(doc), storeDoc(state.saved)) || (state.saved === emptyDoc && doc !== emptyDoc);
}
