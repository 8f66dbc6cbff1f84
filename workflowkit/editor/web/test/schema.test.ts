import { describe, expect, it } from "vitest";
import { jsonError, numberText } from "../src/forms/drafts";
import { outputSchema } from "../src/model/catalog";
import { parseJson } from "../src/model/json";
import { choicesOf, fieldKind, resolve, type Schema } from "../src/model/schema";

describe("the field of a schema", () => {
  const cases: [string, Schema, string | undefined, string][] = [
    ["a string", { type: "string" }, undefined, "text"],
    ["a string for a large field", { type: "string" }, "textarea", "textarea"],
    ["a string or null", { type: ["string", "null"] }, undefined, "text"],
    ["TypeBox's optional string", { anyOf: [{ type: "string" }, { type: "null" }] }, undefined, "text"],
    ["an integer", { type: "integer" }, undefined, "number"],
    ["a boolean", { type: "boolean" }, undefined, "boolean"],
    ["an enum", { type: "string", enum: ["a"] }, "textarea", "choice"],
    ["TypeBox's union of literals", { anyOf: [{ const: "a", type: "string" }, { const: 2, type: "number" }] }, undefined, "choice"],
    ["a const", { const: 1 }, undefined, "choice"],
    ["a list", { type: "array", items: { type: "string" } }, undefined, "list"],
    ["a tuple", { type: "array", items: [{ type: "string" }] }, undefined, "json"],
    ["an object", { type: "object", properties: { a: {} } }, undefined, "object"],
    ["TypeBox's record", { type: "object", patternProperties: { "^(.*)$": { type: "number" } } }, undefined, "map"],
    ["a map", { type: "object", additionalProperties: { type: "string" } }, undefined, "map"],
    ["any object", { type: "object", properties: {} }, undefined, "json"],
    ["a schema that allows anything", {}, undefined, "any"],
    ["a union of types", { anyOf: [{ type: "string" }, { type: "number" }] }, undefined, "any"],
    ["several types", { type: ["string", "number"] }, undefined, "any"],
  ];
  it.each(cases)("that is %s", (_name, schema, fieldType, kind) => {
    expect(fieldKind(resolve(schema), fieldType)).toBe(kind);
  });
  it("follows local refs, keeps what stands beside them, and gives up on circles", () => {
    const root: Schema = { $defs: { a: { $ref: "#/$defs/b" }, b: { type: "integer", title: "Old" }, c: { $ref: "#/$defs/c" } } };
    expect(resolve({ $ref: "#/$defs/a", title: "New" }, root)).toEqual({ type: "integer", title: "New" });
    expect(resolve({ $ref: "#/$defs/c" }, root)).toBeDefined();
    expect(resolve({ $ref: "https://example.com/x" }, root)).toEqual({});
    expect(resolve(true)).toEqual({});
  });
  it("offers choices with their JSON types", () => {
    expect(choicesOf({ enum: [1, "1", null, true] })?.map((choice) => choice.value)).toEqual([1, "1", null, true]);
  });
});

describe("outputs of the catalogue", () => {
  it("are a schema, or a list of properties", () => {
    expect(outputSchema({ kind: "k", outputs: { type: "object", properties: { a: {} } } })).toEqual({ type: "object", properties: { a: {} } });
    expect(outputSchema({ kind: "k", outputs: { result: { type: { type: "boolean" }, description: "It" } } })).toEqual({ type: "object", properties: { result: { type: "boolean", description: "It" } } });
    expect(outputSchema({ kind: "k" })).toBeUndefined();
  });
});

describe("what is typed", () => {
  it.each([["1", "1"], [" -2.50 ", "-2.50"], ["1,5", "1.5"], ["+3", "3"], [".5", "0.5"], ["007", "7"], ["5.", "5"], ["1e3", "1e3"], ["12345678901234567890", "12345678901234567890"]])("%s is the number %s", (text, json) => {
    expect(numberText(text, false)).toBe(json);
    expect(() => parseJson(json)).not.toThrow();
  });
  it.each(["", "a", "1 2", "0x1", "Infinity", "--1", "1.2.3"])("%j is no number", (text) => {
    expect(() => numberText(text, false)).toThrow(/number/);
  });
  it("a whole number has no fraction", () => {
    expect(() => numberText("1.5", true)).toThrow(/whole/);
  });
  it("says where JSON goes wrong", () => {
    const text = '{\n  "a": 1,\n}';
    let message = "";
    try {
      parseJson(text);
    } catch (error) {
      message = jsonError(text, error);
    }
    expect(message).toMatch(/line 3, column 1/);
  });
});
