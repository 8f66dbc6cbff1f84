import { isObject, type Json, type JsonObject, sameJson } from "./json";

/** Schema is a JSON Schema, or a TypeBox type once it is JSON. */
export type Schema = JsonObject;

/** Field is the part of a form that a schema asks for. */
export type FieldKind = "text" | "textarea" | "number" | "boolean" | "choice" | "list" | "object" | "map" | "json" | "any";

export interface Choice {
  label: string;
  value: Json;
}

const deepest = 8;

/** resolve follows local $refs, and takes apart what is only wrapped: allOf of one, and a choice between a type and null. */
export function resolve(schema: Json | undefined, root: Schema | undefined = isObject(schema) ? schema : undefined): Schema {
  let at: Schema = isObject(schema) ? schema : {};
  for (let i = 0; i < deepest; i++) {
    const inner = unwrap(at, root);
    if (!inner) return at;
    const { $ref: _ref, allOf: _all, anyOf: _any, oneOf: _one, ...around } = at;
    at = { ...inner, ...around };
  }
  return at;
}

function unwrap(schema: Schema, root: Schema | undefined): Schema | undefined {
  if (typeof schema.$ref === "string") return lookUp(schema.$ref, root) ?? {};
  const [only, ...more] = Array.isArray(schema.allOf) ? schema.allOf : [];
  if (isObject(only) && more.length === 0) return only;
  const options = union(schema);
  if (!options || choicesOf(schema)) return undefined;
  const real = options.filter((option) => option.type !== "null" && option.const !== null);
  return real.length === 1 && real.length < options.length ? real[0] : undefined;
}

function lookUp(ref: string, root: Schema | undefined): Schema | undefined {
  if (!ref.startsWith("#/") || !root) return undefined;
  let at: Json | undefined = root;
  for (const part of ref.slice(2).split("/")) at = isObject(at) ? at[decodeURIComponent(part).replaceAll("~1", "/").replaceAll("~0", "~")] : undefined;
  return isObject(at) ? at : undefined;
}

function union(schema: Schema): Schema[] | undefined {
  const list = Array.isArray(schema.anyOf) ? schema.anyOf : Array.isArray(schema.oneOf) ? schema.oneOf : undefined;
  return list?.every(isObject) ? list : undefined;
}

/** choicesOf returns the values to choose from, if a schema lists them: as enum, as const, or as a union of consts. */
export function choicesOf(schema: Schema): Choice[] | undefined {
  if (Array.isArray(schema.enum)) return schema.enum.map((value) => ({ label: choiceLabel(value), value }));
  if (schema.const !== undefined) return [{ label: choiceLabel(schema.const), value: schema.const }];
  const options = union(schema);
  if (!options || options.length === 0) return undefined;
  const list: Choice[] = [];
  for (const option of options) {
    if (option.const !== undefined) list.push({ label: textOf(option.title) ?? choiceLabel(option.const), value: option.const });
    else if (Array.isArray(option.enum)) list.push(...option.enum.map((value) => ({ label: choiceLabel(value), value })));
    else if (option.type === "null") list.push({ label: "Nothing (null)", value: null });
    else return undefined;
  }
  return list;
}

export function choiceLabel(value: Json): string {
  if (value === null) return "Nothing (null)";
  if (value === "") return "Empty text";
  return typeof value === "string" ? value : Array.isArray(value) || isObject(value) ? JSON.stringify(value) : String(value);
}

export function choiceIndex(choices: Choice[], value: Json | undefined): number {
  return value === undefined ? -1 : choices.findIndex((choice) => sameJson(choice.value, value));
}

/** typeOf is the one type that a schema allows, null aside. */
export function typeOf(schema: Schema): string | undefined {
  if (typeof schema.type === "string") return schema.type;
  if (Array.isArray(schema.type)) {
    const types = schema.type.filter((type) => type !== "null");
    return types.length === 1 ? textOf(types[0]) : undefined;
  }
  if (isObject(schema.properties)) return "object";
  return isObject(schema.items) ? "array" : undefined;
}

export function fieldKind(schema: Schema, fieldType?: string): FieldKind {
  if (choicesOf(schema)) return "choice";
  switch (typeOf(schema)) {
    case "string":
      return fieldType === "textarea" ? "textarea" : "text";
    case "number":
    case "integer":
      return "number";
    case "boolean":
      return "boolean";
    case "array":
      return Array.isArray(schema.items) || Array.isArray(schema.prefixItems) ? "json" : "list";
    case "object":
      if (propertiesOf(schema).length > 0) return "object";
      return isObject(schema.additionalProperties) || patternOf(schema) ? "map" : "json";
    default:
      return "any";
  }
}

function patternOf(schema: Schema): Schema | undefined {
  const patterns = isObject(schema.patternProperties) ? Object.values(schema.patternProperties) : [];
  return patterns.length === 1 && isObject(patterns[0]) ? patterns[0] : undefined;
}

/** memberSchema is the schema of the values of a map. */
export function memberSchema(schema: Schema): Schema {
  return isObject(schema.additionalProperties) ? schema.additionalProperties : (patternOf(schema) ?? {});
}

export interface Property {
  name: string;
  schema: Schema;
  required: boolean;
}

export function propertiesOf(schema: Schema): Property[] {
  if (!isObject(schema.properties)) return [];
  const required = Array.isArray(schema.required) ? schema.required : [];
  return Object.entries(schema.properties).map(([name, property]) => ({ name, schema: isObject(property) ? property : {}, required: required.includes(name) }));
}

export function isSecret(schema: Schema): boolean {
  return schema.writeOnly === true || schema["x-secret"] === true;
}

export function textOf(value: Json | undefined): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}

/** labelOf is what stands above a field. Names such as maxDepth are left as they are: people know them from JSON. */
export function labelOf(schema: Schema, name: string): string {
  return textOf(schema.title) ?? name;
}

/** typeLabel names the type of a schema for people. */
export function typeLabel(schema: Schema): string {
  const type = typeOf(schema);
  if (choicesOf(schema)) return "choice";
  switch (type) {
    case "string":
      return "text";
    case "integer":
      return "whole number";
    case "boolean":
      return "yes or no";
    case "array":
      return "list";
    case undefined:
      return "any";
    default:
      return type;
  }
}
