import { isObject, type Json, type JsonObject } from "./json";
import type { Schema } from "./schema";

/** Conditional says when an edge is taken. */
export interface Conditional {
  type: string;
  ref?: string;
  value?: Json;
}

export interface PredefinedEdge {
  name?: string;
  conditional?: Conditional | null;
}

/** Spec is an entry of the published catalogue. */
export interface Spec {
  kind: string;
  name?: string;
  description?: string;
  icon?: unknown;
  inputs?: Record<string, InputSpec>;
  outputs?: Json;
  edges?: { allowAdd?: boolean; edges?: PredefinedEdge[] };
}

export interface InputSpec {
  type?: Schema;
  fieldType?: string;
  required?: boolean;
}

export class Catalog {
  private readonly kinds: Map<string, Spec>;
  constructor(readonly specs: readonly Spec[]) {
    this.kinds = new Map(specs.map((spec) => [spec.kind, spec]));
  }
  get(kind: string | undefined): Spec | undefined {
    return kind === undefined ? undefined : this.kinds.get(kind);
  }
}

export function specName(spec: Spec): string {
  return spec.name || spec.kind;
}

export function predefinedEdges(spec: Spec | undefined): PredefinedEdge[] {
  return spec?.edges?.edges ?? [];
}

/** allowsFreeEdges says whether edges beside the predefined ones may leave an action of the kind. */
export function allowsFreeEdges(spec: Spec | undefined): boolean {
  return spec?.edges?.allowAdd !== false;
}

/** outputSchema is the schema of what an action returns. Catalogues may also list properties: name -> {type, description}. */
export function outputSchema(spec: Spec | undefined): Schema | undefined {
  const outputs = spec?.outputs;
  if (!isObject(outputs)) return undefined;
  if (isSchema(outputs)) return outputs as Schema;
  const properties: Record<string, Schema> = {};
  for (const [name, entry] of Object.entries(outputs)) {
    if (!isObject(entry)) continue;
    const type: JsonObject = isObject(entry.type) ? entry.type : {};
    properties[name] = typeof entry.description === "string" ? { description: entry.description, ...type } : type;
  }
  return { type: "object", properties };
}

function isSchema(value: JsonObject): boolean {
  return typeof value.type === "string" || Array.isArray(value.type) || isObject(value.properties) || "anyOf" in value || "$ref" in value || "allOf" in value;
}
