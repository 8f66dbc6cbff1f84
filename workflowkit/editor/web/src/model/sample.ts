import { isObject, type Json, type JsonObject } from "./json";
import { choicesOf, propertiesOf, resolve, type Schema, textOf, typeOf } from "./schema";

/** sampleOf makes a value that fits a schema, for mocked outputs. */
export function sampleOf(schema: Schema, root: Schema = schema, depth = 0): Json {
  const at = resolve(schema, root);
  const example = Array.isArray(at.examples) ? at.examples[0] : at.example;
  if (at.default !== undefined) return at.default;
  if (example !== undefined) return example;
  const choice = choicesOf(at)?.[0];
  if (choice) return choice.value;
  switch (typeOf(at)) {
    case "string":
      return at.format === "date-time" ? "2026-01-01T12:00:00Z" : (textOf(at.title) ?? "text");
    case "number":
    case "integer":
      return typeof at.minimum === "number" ? at.minimum : 1;
    case "boolean":
      return true;
    case "array":
      return depth < 4 && isObject(at.items) ? [sampleOf(at.items, root, depth + 1)] : [];
    case "object": {
      const object: JsonObject = {};
      if (depth < 4) for (const property of propertiesOf(at)) object[property.name] = sampleOf(property.schema, root, depth + 1);
      return object;
    }
    default:
      return null;
  }
}

/** Leaf is something that a ref can be made of: a place in an output or an event. */
export interface Leaf {
  path: (string | number)[];
  label: string;
  type: string;
  hint?: string;
}

const mostLeaves = 400;

/** schemaLeaves lists the places of a schema's values, parents before their members. */
export function schemaLeaves(schema: Schema | undefined): Leaf[] {
  const out: Leaf[] = [];
  const visit = (part: Schema, path: (string | number)[], depth: number) => {
    const at = resolve(part, schema);
    for (const property of propertiesOf(at)) {
      if (out.length >= mostLeaves) return;
      const inner = resolve(property.schema, schema);
      const here = [...path, property.name];
      out.push({ path: here, label: property.name, type: typeOf(inner) ?? "any", hint: textOf(inner.title) ?? textOf(inner.description) });
      if (depth < 5) visit(inner, here, depth + 1);
    }
    const items = at.items;
    if (typeOf(at) === "array" && isObject(items) && path.length > 0 && depth < 5) {
      out.push({ path: [...path, 0], label: "first item", type: typeOf(resolve(items, schema)) ?? "any" });
      visit(items, [...path, 0], depth + 1);
    }
  };
  if (schema) visit(schema, [], 0);
  return out;
}

/** valueLeaves lists the places of a value, such as a sample event, with what stands there. */
export function valueLeaves(value: Json): Leaf[] {
  const out: Leaf[] = [];
  const visit = (at: Json, path: (string | number)[], depth: number) => {
    const members: [string | number, Json][] = Array.isArray(at) ? at.slice(0, 3).map((item, i) => [i, item]) : isObject(at) ? Object.entries(at) : [];
    for (const [name, member] of members) {
      if (out.length >= mostLeaves) return;
      const here = [...path, name];
      out.push({ path: here, label: typeof name === "number" ? `item ${name}` : name, type: valueType(member), hint: preview(member) });
      if (depth < 6) visit(member, here, depth + 1);
    }
  };
  visit(value, [], 0);
  return out;
}

function valueType(value: Json): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "array";
  return isObject(value) ? "object" : typeof value === "object" ? "number" : typeof value;
}

function preview(value: Json): string | undefined {
  if (Array.isArray(value)) return `${value.length} items`;
  if (isObject(value)) return undefined;
  const text = String(value);
  return text.length > 60 ? text.slice(0, 59) + "…" : text;
}
