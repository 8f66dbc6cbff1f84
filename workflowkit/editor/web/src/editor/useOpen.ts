import { useCallback, useMemo, useState } from "react";
import type { Point } from "../model/positions";

/** Asked is a dialog that is open. */
export type Asked =
  | { dialog: "add"; after?: string; branch?: string; on?: string; at?: Point }
  | { dialog: "connect"; from: string }
  | { dialog: "shortcuts" | "json" | "import" | "note" };

export type DrawerTab = "problems" | "dry-run";

/** useOpen says which panels and dialogs are open. */
export function useOpen() {
  const [asked, setAsked] = useState<Asked>();
  const [drawer, setDrawer] = useState<DrawerTab>();
  const [palette, setPalette] = useState(() => window.innerWidth >= 1024);
  const [panel, setPanel] = useState(true);
  const actions = useMemo(
    () => ({
      close: () => setAsked(undefined),
      connectFrom: (from: string) => setAsked({ dialog: "connect", from }),
      openShortcuts: () => setAsked({ dialog: "shortcuts" }),
      openJson: () => setAsked({ dialog: "json" }),
      openImport: () => setAsked({ dialog: "import" }),
      openNote: () => setAsked({ dialog: "note" }),
      openProblems: () => setDrawer("problems"),
      openPanel: () => setPanel(true),
      toggleProblems: () => setDrawer((tab) => (tab === "problems" ? undefined : "problems")),
      toggleDryRun: () => setDrawer((tab) => (tab === "dry-run" ? undefined : "dry-run")),
      closeDrawer: () => setDrawer(undefined),
      togglePalette: () => setPalette((shown) => !shown),
      togglePanel: () => setPanel((shown) => !shown),
    }),
    [],
  );
  const add = useCallback((place: { after?: string; branch?: string; on?: string; at?: Point }) => setAsked({ dialog: "add", ...place }), []);
  return { asked, drawer, palette, panel, add, ...actions };
}

export type Open = ReturnType<typeof useOpen>;
