import { createContext, type Dispatch, useContext } from "react";
import type { Workflow } from "../api/types";
import type { Catalog } from "../model/catalog";
import type { Doc } from "../model/document";
import type { Edit } from "../model/edit";
import type { EditorAction } from "../model/editor";
import type { Index } from "../model/index";
import type { Json } from "../model/json";
import type { Finding } from "../model/problems";
import type { Scopes } from "../model/scope";

/** EditorContext is what the panels around the graph share. */
export interface EditorContext {
  workflow: Workflow;
  catalog: Catalog;
  doc: Doc;
  index: Index;
  selection: readonly string[];
  readOnly: boolean;
  findings: readonly Finding[];
  scopes: Scopes;
  sampleEvent: Json;
  dispatch: Dispatch<EditorAction>;
  /** Changes the document. Changes of one group that follow each other are one step of undo. */
  edit: (edit: Edit, group?: string) => void;
  /** Selects an entry and brings it into view; with focus, the keyboard goes there as well. */
  reveal: (uid: string, focus?: boolean) => void;
  /** Opens the list of actions to add one at a place. */
  add: (place: { after?: string; branch?: string; on?: string }) => void;
  connectFrom: (uid: string) => void;
  /** Takes over the workflow as the server has answered. */
  onWorkflow: (workflow: Workflow) => void;
}

const Context = createContext<EditorContext | undefined>(undefined);

export const EditorProvider = Context;

export function useEditor(): EditorContext {
  const editor = useContext(Context);
  if (!editor) throw new Error("useEditor outside of EditorProvider");
  return editor;
}
