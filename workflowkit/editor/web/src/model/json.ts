/** JSON as the editor holds it. Numbers that a double cannot hold are kept as they were written. */
export type Json = null | boolean | number | string | BigNumber | Json[] | JsonObject;
export interface JsonObject {
  [name: string]: Json;
}

/** BigNumber is a number with more digits than a double has. It is written back digit by digit. */
export class BigNumber {
  constructor(readonly text: string) {}
  toString(): string {
    return this.text;
  }
}

const tokens = /"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;

/** parseJson reads JSON text. It throws a SyntaxError, as JSON.parse does. */
export function parseJson(text: string): Json {
  const marks: string[] = [];
  const mark = unusedMark(text);
  const marked = text.replace(tokens, (token) => {
    if (token.startsWith('"') || fitsDouble(token)) return token;
    marks.push(token);
    return `"${mark}${marks.length - 1}"`;
  });
  if (marks.length === 0) return JSON.parse(text) as Json;
  JSON.parse(text); // so that the message of an error names a place in what the person wrote
  return JSON.parse(marked, (_key, value: unknown) =>
    typeof value === "string" && value.startsWith(mark) ? new BigNumber(marks[Number(value.slice(mark.length))] ?? "0") : value,
  ) as Json;
}

/** stringifyJson writes JSON text, with two spaces of indentation if it is to be read by people. */
export function stringifyJson(value: Json | undefined, indent?: number): string {
  const big: BigNumber[] = [];
  const plain = JSON.stringify(value ?? null, (_key, v: unknown) => (v instanceof BigNumber ? (big.push(v), null) : v), indent);
  if (big.length === 0) return plain;
  const mark = unusedMark(plain);
  let at = 0;
  const marked = JSON.stringify(value ?? null, (_key, v: unknown) => (v instanceof BigNumber ? `${mark}${at++}` : v), indent);
  return marked.replace(new RegExp(`"${mark}(\\d+)"`, "g"), (_all, index: string) => big[Number(index)]?.text ?? "null");
}

function unusedMark(text: string): string {
  let mark = "big-number-";
  while (text.includes(mark)) mark += "x-";
  return mark;
}

function fitsDouble(token: string): boolean {
  if (token.length < 16 && !/[eE]/.test(token)) return true;
  const value = Number(token);
  if (!Number.isFinite(value)) return false;
  if (/^-?\d+$/.test(token)) return BigInt(token) === BigInt(value);
  const digits = token.replace(/[eE].*$/, "").replace(/[-.]/g, "").replace(/^0+/, "").replace(/0+$/, "");
  return digits.length <= 15;
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof BigNumber);
}

export function isNumber(value: unknown): value is number | BigNumber {
  return typeof value === "number" || value instanceof BigNumber;
}

/** sameJson compares two values; the order of members does not count. */
export function sameJson(a: Json | undefined, b: Json | undefined): boolean {
  if (a === b) return true;
  if (a instanceof BigNumber || b instanceof BigNumber) return isNumber(a) && isNumber(b) && String(a) === String(b);
  if (Array.isArray(a) && Array.isArray(b)) return a.length === b.length && a.every((item, i) => sameJson(item, b[i]));
  if (!isObject(a) || !isObject(b)) return false;
  const names = Object.keys(a);
  return names.length === Object.keys(b).length && names.every((name) => Object.hasOwn(b, name) && sameJson(a[name], b[name]));
}

export function kindOf(value: Json | undefined): string {
  if (value === undefined) return "nothing";
  if (value === null) return "null";
  if (Array.isArray(value)) return "list";
  if (isNumber(value)) return "number";
  return typeof value === "boolean" ? "yes or no" : typeof value === "string" ? "text" : "object";
}
