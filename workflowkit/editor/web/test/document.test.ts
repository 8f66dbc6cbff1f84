import { describe, expect, it } from "vitest";
import { parseDoc, storeDoc, viewEdge } from "../src/model/document";
import { indexOf } from "../src/model/index";
import { type Json, parseJson, stringifyJson } from "../src/model/json";

describe("a stored definition", () => {
  const rows: Record<string, string> = {
    "unknown fields everywhere": '{"name":"Demo","steps":[{"id":1}],"metadata":{"x":1},"x":null,"actions":[{"id":"1","kind":"k","extra":{"y":[1,2]},"retries":3}],"edges":[{"id":"e-1","from":"$source","to":"1","z":true,"conditional":null},{"from":"1","to":"$sink"}],"last":{}}',
    "numbers with many digits": '{"actions":[{"id":"1","kind":"k","inputs":{"n":12345678901234567890}}],"edges":[]}',
    "broken entries": '{"actions":[null,"x",[1],{"id":7},{"id":"1"},{"id":"1"}],"edges":[null,3,{"from":"1"},{"from":"9","to":"8"}]}',
    "lists that are none": '{"actions":{},"edges":"none","name":1}',
    "no lists": '{"name":"x"}',
    "a list": "[1,2]",
    "a text": '"x"',
    "a number": "3",
  };
  it.each(Object.entries(rows))("is written as it was read: %s", (_name, text) => {
    expect(stringifyJson(storeDoc(parseDoc(parseJson(text))))).toBe(text);
  });
  it("that is null, or missing, is an empty workflow", () => {
    expect(storeDoc(parseDoc(null))).toEqual({ actions: [], edges: [] });
    expect(storeDoc(parseDoc(undefined))).toEqual({ actions: [], edges: [] });
  });
  it("reads only what has the right type", () => {
    expect(viewEdge({ from: 1, to: "2", name: {}, conditional: { type: 3, ref: [], value: null } })).toEqual({ id: undefined, from: undefined, to: "2", name: undefined, conditional: { type: "", value: null } });
  });
});

describe("the index", () => {
  const doc = parseDoc({
    actions: [{ id: "1", kind: "a" }, { id: "1", kind: "b" }, { kind: "c" }],
    edges: [{ from: "$source", to: "1" }, { from: "1", to: "99" }, { from: "98", to: "1" }, { from: "1", to: "$sink" }, { from: "1" }, { from: "1", to: "$source" }] as Json,
  });
  const index = indexOf(doc);
  it("leads edges to the first action with an id", () => {
    expect(index.links[0]).toMatchObject({ from: "$source", to: "a0" });
    expect(index.nodes.map((node) => node.duplicate)).toEqual([false, true, false]);
  });
  it("makes ghosts of what edges name and is not there", () => {
    expect(index.ghosts).toEqual(["ghost:99", "ghost:98", "ghost:$source"]);
  });
  it("keeps edges that cannot be drawn apart", () => {
    expect(index.sinks.length).toBe(1);
    expect(index.brokenEdges.map((edge) => edge.index)).toEqual([4]);
  });
});
