import { createContext, useContext } from "react";
import type { Branch } from "../model/branches";

/** GraphActions is what nodes and edges can ask of the page. Its functions are the same for the life of the graph. */
export interface GraphActions {
  addAfter: (uid: string, branch: Branch) => void;
  addOn: (edge: string) => void;
  select: (uid: string) => void;
}

const GraphActionsContext = createContext<GraphActions>({ addAfter: () => undefined, addOn: () => undefined, select: () => undefined });

export const GraphActionsProvider = GraphActionsContext;

export function useGraphActions(): GraphActions {
  return useContext(GraphActionsContext);
}
