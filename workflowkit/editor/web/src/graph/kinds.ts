import { type Spec, specName } from "../model/catalog";
import type { IconName } from "../ui/Icon";
import type { CardData } from "./types";

const builtins: Record<string, IconName> = {
  "builtin:if": "branch",
  "builtin:switch": "list",
  "builtin:delay": "clock",
  "builtin:wait_for_event": "bell",
  "builtin:send_event": "send",
  "builtin:invoke": "call",
  "builtin:for_each": "refresh",
};

/**
 * kindIcon is the picture of a kind. An SVG from the catalogue is shown as a picture, in which no script runs, and addresses
 * of other origins are left to the letter: the page loads nothing from elsewhere.
 */
export function kindIcon(spec: Spec | undefined, kind: string | undefined): CardData["icon"] {
  const builtin = kind === undefined ? undefined : builtins[kind];
  if (builtin) return builtin;
  const icon = typeof spec?.icon === "string" ? spec.icon.trim() : "";
  if (icon.startsWith("<svg")) return { image: "data:image/svg+xml;charset=utf-8," + encodeURIComponent(icon) };
  if (icon.startsWith("data:image/") || (/^\/(?!\/)/.test(icon) && !icon.includes("\\"))) return { image: icon };
  const name = spec ? specName(spec) : (kind ?? "?");
  return { letter: [...name.replace(/^[^\p{L}\p{N}]+/u, "")][0]?.toUpperCase() ?? "?" };
}
