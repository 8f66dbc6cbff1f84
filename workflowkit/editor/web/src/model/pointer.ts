import { isObject, type Json, type JsonObject } from "./json";

/** Path is a place in a JSON value: names of members and indexes of items. */
export type Path = readonly (string | number)[];

/** parsePointer reads a JSON pointer (RFC 6901). */
export function parsePointer(pointer: string): string[] {
  if (pointer === "") return [];
  return pointer
    .slice(1)
    .split("/")
    .map((part) => part.replaceAll("~1", "/").replaceAll("~0", "~"));
}

export function formatPointer(path: Path): string {
  return path.map((part) => "/" + String(part).replaceAll("~", "~0").replaceAll("/", "~1")).join("");
}

export function getAt(value: Json | undefined, path: Path): Json | undefined {
  let at: Json | undefined = value;
  for (const part of path) {
    if (Array.isArray(at)) at = at[Number(part)];
    else if (isObject(at)) at = Object.hasOwn(at, String(part)) ? at[String(part)] : undefined;
    else return undefined;
  }
  return at;
}

/**
 * setAt returns a copy of value with something else at the path; undefined removes what is there. Objects that are missing
 * on the way are made, and a member keeps its place among the others.
 */
export function setAt(value: Json | undefined, path: Path, next: Json | undefined): Json | undefined {
  const [head, ...rest] = path;
  if (head === undefined) return next;
  if (Array.isArray(value)) {
    const index = Number(head);
    const item = setAt(value[index], rest, next);
    if (item === undefined) return value.filter((_, i) => i !== index);
    return Object.assign([...value], { [index]: item });
  }
  const object: JsonObject = isObject(value) ? value : {};
  const name = String(head);
  const member = setAt(Object.hasOwn(object, name) ? object[name] : undefined, rest, next);
  if (member !== undefined) return withMember(object, name, member);
  const { [name]: _removed, ...others } = object;
  return others;
}

/** withMember sets a member, also one whose name has a meaning in JavaScript. */
function withMember(object: JsonObject, name: string, value: Json): JsonObject {
  const copy: JsonObject = { ...object };
  Object.defineProperty(copy, name, { value, enumerable: true, configurable: true, writable: true });
  return copy;
}
