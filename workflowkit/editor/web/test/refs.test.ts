import { describe, expect, it } from "vitest";
import { joinPath, readPath, refLabel, splitRefs, wholeRef } from "../src/model/refs";
import { schemaLeaves, sampleOf, valueLeaves } from "../src/model/sample";

describe("refs", () => {
  it.each([
    ["!ref($.event.data.n)", "$.event.data.n"],
    ["!ref($.items[?(@.a == ')')].b)", "$.items[?(@.a == ')')].b"],
    ["!ref($.a)!ref($.b)", undefined],
    [" !ref($.a)", undefined],
    ["!ref($.a", undefined],
    ["ref($.a)", undefined],
  ])("%s as a whole value is %s", (text, path) => {
    expect(wholeRef(text)).toBe(path);
  });
  it("are cut out of texts, and the parts make the text", () => {
    for (const text of ["Id !ref($.event.data.n)!", "!ref(a) and !ref(b)", "!ref($.x", "a!ref(", "", "!ref($.a['!ref('])"]) {
      expect(splitRefs(text).map((part) => part.text).join("")).toBe(text);
    }
    expect(splitRefs("Id !ref($.n)!").map((part) => part.path)).toEqual([undefined, "$.n", undefined]);
  });
  it.each([["$.state.1.result", ["state", "1", "result"]], ["$.state['if a'][\"b\"][0][-1]", ["state", "if a", "b", "0", "-1"]], ["$.state.if-a.ok", ["state", "if-a", "ok"]], ["$['it\\'s']", ["it's"]], ["$", []]])("%s is the path %j", (path, parts) => {
    expect(readPath(path)).toEqual(parts);
  });
  it.each(["$.a[*]", "$..id", "$.a[?@.n > 1]", "a.b", "$.a["])("%s is no plain path", (path) => {
    expect(readPath(path)).toBeUndefined();
  });
  it("are made of names of any kind, and read again", () => {
    for (const parts of [["1", "a-b"], ["if a", "it's", "\\", "é", "a.b", ""]]) {
      expect(readPath(joinPath("$.state", parts))).toEqual(["state", ...parts]);
    }
    expect(joinPath("$", ["xs", 0, "a"])).toBe("$.xs[0].a");
  });
  it("are shown by the names of actions", () => {
    expect(refLabel("$.state.1.text", () => "Review")).toBe("Review › text");
    expect(refLabel("$.event.data.id", () => undefined)).toBe("Event › id");
    expect(refLabel("$.state.9", () => undefined)).toBe("Missing action 9");
  });
});

describe("what refs can look into", () => {
  it("is listed from schemas, with local refs, and without end for those that hold themselves", () => {
    const leaves = schemaLeaves({ type: "object", properties: { a: { $ref: "#/$defs/node" }, xs: { type: "array", items: { type: "object", properties: { id: { type: "integer" } } } } }, $defs: { node: { type: "object", properties: { next: { $ref: "#/$defs/node" }, v: { type: "string" } } } } });
    expect(leaves.map((leaf) => leaf.path.join("."))).toEqual(expect.arrayContaining(["a", "a.next", "a.v", "xs", "xs.0", "xs.0.id"]));
    expect(leaves.length).toBeLessThan(40);
  });
  it("is listed from a sample event", () => {
    expect(valueLeaves({ data: { id: 5, tags: ["a"] } }).map((leaf) => `${leaf.path.join(".")} ${leaf.type}`)).toEqual(["data object", "data.id number", "data.tags array", "data.tags.0 string"]);
  });
  it("is made up for mocks, of the right types", () => {
    expect(sampleOf({ type: "object", properties: { n: { type: "integer", minimum: 2 }, s: { type: "string" }, b: { type: "boolean" }, e: { enum: ["x", "y"] }, d: { default: [1] }, l: { type: "array", items: { type: "number" } } } })).toEqual({ n: 2, s: "text", b: true, e: "x", d: [1], l: [1] });
  });
});
