import { isObject, type Json, type JsonObject } from "./json";

/** A ref is "!ref(<path>)" in a text. If it is the whole text, the value keeps its type. */
export interface TextPart {
  text: string;
  /** The path, if the part is a ref. */
  path?: string;
}

/** splitRefs cuts a text into plain parts and refs. A ref ends at the bracket that closes it, outside of quotes. */
export function splitRefs(text: string): TextPart[] {
  const parts: TextPart[] = [];
  let plain = 0;
  for (let at = text.indexOf("!ref("); at >= 0; at = text.indexOf("!ref(", at)) {
    const end = closing(text, at + 5);
    if (end < 0) break;
    if (at > plain) parts.push({ text: text.slice(plain, at) });
    parts.push({ text: text.slice(at, end + 1), path: text.slice(at + 5, end) });
    plain = at = end + 1;
  }
  if (plain < text.length) parts.push({ text: text.slice(plain) });
  return parts;
}

function closing(text: string, from: number): number {
  let depth = 0;
  let quote = "";
  for (let i = from; i < text.length; i++) {
    const c = text.charAt(i);
    if (quote) {
      if (c === "\\") i++;
      else if (c === quote) quote = "";
    } else if (c === "'" || c === '"') quote = c;
    else if (c === "(") depth++;
    else if (c === ")" && depth-- === 0) return i;
  }
  return -1;
}

/** wholeRef returns the path if the value is one ref and nothing else. */
export function wholeRef(value: Json | undefined): string | undefined {
  if (typeof value !== "string" || !value.startsWith("!ref(")) return undefined;
  const parts = splitRefs(value);
  return parts.length === 1 ? parts[0]?.path : undefined;
}

export function makeRef(path: string): string {
  return `!ref(${path})`;
}

/** joinPath appends names and indexes to a path; names that are no plain words are quoted. */
export function joinPath(path: string, parts: readonly (string | number)[]): string {
  return parts.reduce<string>((at, part) => at + (typeof part === "number" ? `[${part}]` : step(part)), path);
}

function step(name: string): string {
  if (/^(?:[A-Za-z_][A-Za-z0-9_-]*|\d+)$/.test(name)) return "." + name;
  return `['${name.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}']`;
}

/** readPath takes a plain path apart. Anything else, such as a wildcard, is undefined. */
export function readPath(path: string): string[] | undefined {
  const text = path.trim();
  if (!text.startsWith("$")) return undefined;
  const parts: string[] = [];
  const pattern = /\.([\p{L}\p{N}_-]+)|\[(-?\d+)\]|\['((?:[^'\\]|\\.)*)'\]|\["((?:[^"\\]|\\.)*)"\]/uy;
  pattern.lastIndex = 1;
  while (pattern.lastIndex < text.length) {
    const match = pattern.exec(text);
    if (!match) return undefined;
    parts.push(match[1] ?? match[2] ?? (match[3] ?? match[4] ?? "").replace(/\\(.)/g, "$1"));
  }
  return parts;
}

/** refLabel is how a path is shown to people: the action's name in place of its id. */
export function refLabel(path: string, titleOf: (id: string) => string | undefined): string {
  const parts = readPath(path);
  if (!parts) return path;
  const [root, ...rest] = parts;
  if (root === "event") return ["Event", ...(rest[0] === "data" ? rest.slice(1) : rest)].join(" › ");
  if (root === "state") return [titleOf(rest[0] ?? "") ?? `Missing action ${rest[0] ?? ""}`, ...rest.slice(1)].join(" › ");
  if (root === "output") return ["Output", ...rest].join(" › ");
  return path;
}

/** renameRefs names other actions in the refs of a value, at any depth. */
export function renameRefs(value: Json, ids: Map<string, string>): Json {
  if (typeof value === "string") return value.includes("!ref(") ? splitRefs(value).map((part) => renameRef(part, ids)).join("") : value;
  if (Array.isArray(value)) return value.map((item) => renameRefs(item, ids));
  if (!isObject(value)) return value;
  const out: JsonObject = {};
  for (const [name, member] of Object.entries(value)) out[name] = renameRefs(member, ids);
  return out;
}

function renameRef(part: TextPart, ids: Map<string, string>): string {
  if (part.path === undefined) return part.text;
  const match = /^(\s*\$\.state)(\.[\p{L}\p{N}_-]+|\['(?:[^'\\]|\\.)*'\]|\["(?:[^"\\]|\\.)*"\])/u.exec(part.path);
  const old = match && readPath("$" + (match[2] ?? ""))?.[0];
  const id = old ? ids.get(old) : undefined;
  return match && id ? makeRef((match[1] ?? "") + step(id) + part.path.slice(match[0].length)) : part.text;
}
