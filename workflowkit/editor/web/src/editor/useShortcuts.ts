import { useEffect, useRef } from "react";

export interface Shortcut {
  keys: string;
  label: string;
  run: () => void;
  /** Works while a text is being edited as well. */
  everywhere?: boolean;
}

/** Keys that the graph and the browser handle themselves; they are listed for people. */
export const otherKeys = [
  { keys: "Tab", label: "Into the graph, and on to the panel" },
  { keys: "Arrow keys", label: "Go to the next action in that direction" },
  { keys: "Shift+Arrow keys", label: "Select further actions" },
  { keys: "Alt+Arrow keys", label: "Move the selected actions" },
  { keys: "Enter", label: "Configure the selected action; Esc leads back to the graph" },
  { keys: "Ctrl+C, Ctrl+X, Ctrl+V", label: "Copy, cut and paste actions as JSON" },
  { keys: "Shift+drag", label: "Select what is inside" },
];

/** useShortcuts runs commands by key, unless the keys belong to a field or a dialog. */
export function useShortcuts(shortcuts: readonly Shortcut[]): void {
  const latest = useRef(shortcuts);
  latest.current = shortcuts;
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.defaultPrevented || document.querySelector("dialog[open]")) return;
      const editing = isField(event.target);
      const found = latest.current.find((shortcut) => (!editing || shortcut.everywhere) && shortcut.keys.split(", ").some((keys) => matches(keys, event)));
      if (!found) return;
      event.preventDefault();
      found.run();
    };
    window.addEventListener("keydown", onKey);
    return () => window.removeEventListener("keydown", onKey);
  }, []);
}

function matches(keys: string, event: KeyboardEvent): boolean {
  const parts = keys.split("+").filter(Boolean);
  const key = keys === "+" ? "+" : (parts.at(-1) ?? "");
  const has = (name: string) => parts.slice(0, -1).includes(name);
  const ctrl = event.ctrlKey || event.metaKey;
  if (has("Ctrl") !== ctrl || event.altKey) return false;
  if (key.length > 1 || ctrl) return has("Shift") === event.shiftKey && event.key.toLowerCase() === (names[key] ?? key).toLowerCase();
  return event.key.toLowerCase() === key.toLowerCase();
}

const names: Record<string, string> = { Del: "Delete", Esc: "Escape", Enter: "Enter" };

/** isField says whether keys typed there are text. */
export function isField(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target instanceof HTMLInputElement) return !["checkbox", "radio", "button"].includes(target.type);
  return target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement || target.isContentEditable;
}
