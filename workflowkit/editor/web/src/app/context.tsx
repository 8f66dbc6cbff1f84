import { createContext, useContext } from "react";
import type { Api } from "../api/client";
import type { Session } from "../api/types";
import type { Catalog } from "../model/catalog";
import type { Config } from "./config";

/** AppContext is what all pages need. */
export interface AppContext {
  api: Api;
  config: Config;
  session: Session;
  catalog: Catalog;
}

const Context = createContext<AppContext | undefined>(undefined);

export const AppProvider = Context;

export function useApp(): AppContext {
  const app = useContext(Context);
  if (!app) throw new Error("useApp outside of AppProvider");
  return app;
}
