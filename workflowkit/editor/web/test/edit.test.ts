import { describe, expect, it } from "vitest";
import { branchesOf, nextBranch } from "../src/model/branches";
import { Catalog } from "../src/model/catalog";
import { copyText, duplicate, paste, readClipboard } from "../src/model/clipboard";
import { storeDoc } from "../src/model/document";
import { addAction, connect, type Edit, move, reconnect, remove, repairID, setField, setRoot } from "../src/model/edit";
import { type EditorState, isDirty, newEditor, reduce } from "../src/model/editor";
import { ancestors, onCycle, refusal } from "../src/model/graph";
import { indexOf } from "../src/model/index";
import type { Json } from "../src/model/json";

const ref = "!ref($.output.result)";
const catalog = new Catalog([
  { kind: "k", name: "Kay" },
  { kind: "builtin:if", name: "If", edges: { allowAdd: false, edges: [{ name: "True", conditional: { type: "if", ref } }, { name: "False", conditional: { type: "else", ref } }] } },
]);

/** Bench applies edits as the editor does. */
class Bench {
  state: EditorState;
  constructor(definition: Json | undefined) {
    this.state = newEditor(catalog, definition, 1);
  }
  do(edit: Edit, group?: string): this {
    this.state = reduce(this.state, { type: "edit", edit, group });
    return this;
  }
  act(type: "undo" | "redo" | "settle"): this {
    this.state = reduce(this.state, { type });
    return this;
  }
  get doc() {
    return this.state.history.doc;
  }
  get json() {
    return storeDoc(this.doc) as { actions: { id: string; [name: string]: Json }[]; edges: { from: string; to: string; [name: string]: Json }[]; metadata?: Json };
  }
  get edges() {
    return this.json.edges.map((edge) => `${edge.from}>${edge.to}${edge.name ? `:${String(edge.name)}` : ""}`);
  }
  uid(id: string) {
    return indexOf(this.doc).uidOfId.get(id) ?? "";
  }
  edge(from: string, to: string) {
    return indexOf(this.doc).links.find((link) => link.view.from === from && link.view.to === to)?.uid ?? "";
  }
}

const chain: Json = { actions: [{ id: "1", kind: "k" }, { id: "2", kind: "k" }, { id: "3", kind: "k" }], edges: [{ from: "$source", to: "1" }, { from: "1", to: "2", name: "then", conditional: { type: "if", ref } }, { from: "2", to: "3", id: "e" }] };

describe("adding", () => {
  it("draws a workflow from nothing, each branch with its condition", () => {
    const bench = new Bench(undefined).do(addAction("builtin:if", { after: "$source" }));
    bench.do(addAction("k", { after: bench.uid("1") })).do(addAction("k", { after: bench.uid("1") }));
    expect(bench.edges).toEqual(["$source>1", "1>2:True", "1>3:False"]);
    expect(bench.json.actions[1]).toEqual({ id: "2", kind: "k", name: "Kay", inputs: {} });
    expect(bench.state.selection).toEqual([bench.uid("3")]);
  });
  it("on an edge keeps its name, condition and id, and its place in the order", () => {
    const bench = new Bench(chain);
    bench.do(addAction("k", { on: bench.edge("1", "2") })).do(addAction("k", { on: bench.edge("2", "3") }));
    expect(bench.edges).toEqual(["$source>1", "1>4:then", "4>2", "2>5", "5>3"]);
    expect(bench.json.edges[3]).toMatchObject({ id: "e" });
  });
  it("of an if on an edge goes on by its first branch", () => {
    const bench = new Bench(chain);
    bench.do(addAction("builtin:if", { on: bench.edge("2", "3") }));
    expect(bench.edges).toContain("4>3:True");
  });
  it("replaces a definition that cannot be read", () => {
    expect(new Bench([1]).do(addAction("k", {})).json).toEqual({ actions: [{ id: "1", kind: "k", name: "Kay", inputs: {} }], edges: [] });
  });
});

describe("ids", () => {
  it("are never given twice: not after undo", () => {
    const bench = new Bench(chain).do(addAction("k", {})).act("undo").do(addAction("k", {}));
    expect(bench.json.actions.map((action) => action.id)).toEqual(["1", "2", "3", "5"]);
  });
  it("are never given twice: not in a later session either", () => {
    const bench = new Bench(chain);
    bench.do(remove([bench.uid("3")]));
    expect(bench.json.metadata).toEqual({ editor: { lastId: 3 } });
    const later = new Bench(storeDoc(bench.doc)).do(addAction("k", {}));
    expect(later.json.actions.map((action) => action.id)).toEqual(["1", "2", "4"]);
  });
  it("leave the metadata alone as long as the document shows the greatest", () => {
    const bench = new Bench(chain);
    bench.do(remove([bench.uid("2")]));
    expect(bench.json.metadata).toBeUndefined();
  });
  it("leave metadata alone that is no object", () => {
    const bench = new Bench({ ...(chain as object), metadata: "mine" });
    bench.do(remove([bench.uid("3")])).do(move({ 1: { x: 1, y: 1 } }));
    expect(bench.json.metadata).toBe("mine");
  });
  it("are above those that edges name", () => {
    expect(new Bench({ actions: [], edges: [{ from: "$source", to: "41" }] }).do(addAction("k", {})).json.actions[0]?.id).toBe("42");
  });
  it("of twins and of actions without one are repaired", () => {
    const bench = new Bench({ actions: [{ id: "1", kind: "k" }, { id: "1", kind: "k" }, { kind: "k" }, { id: 7, kind: "k", x: 1 }], edges: [] });
    bench.do(repairID("a1")).do(repairID("a2")).do(repairID("a3"));
    expect(bench.json.actions.map((action) => action.id)).toEqual(["1", "2", "3", "4"]);
    expect(bench.json.actions[3]?.x).toBe(1);
  });
});

describe("deleting", () => {
  it("leads a single path past the action, with the condition of the edge to it", () => {
    const bench = new Bench(chain);
    bench.do(remove([bench.uid("2")]));
    expect(bench.edges).toEqual(["$source>1", "1>3:then"]);
  });
  it("of several in a row leads past all of them", () => {
    const bench = new Bench(chain);
    bench.do(remove([bench.uid("1"), bench.uid("2")]));
    expect(bench.edges).toEqual(["$source>3"]);
  });
  it("of a join, a fork or an end leaves no dangling edges", () => {
    const bench = new Bench({ actions: ["1", "2", "3", "4"].map((id) => ({ id, kind: "k" })), edges: [{ from: "$source", to: "1" }, { from: "1", to: "2" }, { from: "1", to: "3" }, { from: "2", to: "4" }, { from: "3", to: "4" }, { from: "4", to: "$sink" }] });
    bench.do(remove([bench.uid("4")]));
    expect(bench.edges).toEqual(["$source>1", "1>2", "1>3"]);
    bench.do(remove([bench.uid("1")]));
    expect(bench.edges).toEqual([]);
  });
  it("makes neither self edges nor doubles", () => {
    const bench = new Bench({ actions: ["1", "2"].map((id) => ({ id, kind: "k" })), edges: [{ from: "1", to: "2" }, { from: "2", to: "1" }] });
    bench.do(remove([bench.uid("2")]));
    expect(bench.edges).toEqual([]);
    const double = new Bench({ actions: ["1", "2", "3"].map((id) => ({ id, kind: "k" })), edges: [{ from: "1", to: "2" }, { from: "2", to: "3" }, { from: "1", to: "3" }] });
    double.do(remove([double.uid("2")]));
    expect(double.edges).toEqual(["1>3"]);
  });
  it("of a missing action deletes the edges that name it, and the trigger cannot be deleted", () => {
    const bench = new Bench({ actions: [{ id: "1", kind: "k" }], edges: [{ from: "1", to: "99" }, { from: "$source", to: "1" }] });
    bench.do(remove(["ghost:99"])).do(remove(["$source"]));
    expect(bench.edges).toEqual(["$source>1"]);
  });
  it("of a twin leaves the other's edges", () => {
    const bench = new Bench({ actions: [{ id: "1", kind: "k" }, { id: "1", kind: "k" }], edges: [{ from: "$source", to: "1" }] });
    bench.do(remove(["a1"]));
    expect(bench.edges).toEqual(["$source>1"]);
  });
});

describe("connecting", () => {
  it("draws joins, and takes the next branch", () => {
    const bench = new Bench(chain);
    bench.do(connect(bench.uid("1"), bench.uid("3")));
    expect(bench.edges).toContain("1>3");
    const index = indexOf(new Bench({ actions: [{ id: "1", kind: "builtin:if" }], edges: [{ from: "1", to: "2", conditional: { type: "if", ref: "!ref($.result)" } }] }).doc);
    expect(nextBranch(index, "a0", catalog.get("builtin:if")).label).toBe("False");
    expect(branchesOf(catalog.get("k")).map((branch) => branch.key)).toEqual(["out"]);
  });
  it("refuses what would close a cycle, itself, the trigger and what is not there", () => {
    const index = indexOf(new Bench(chain).doc);
    expect(refusal(index, "a2", "a0")).toMatch(/cycle/);
    expect(refusal(index, "a0", "a0")).toMatch(/itself/);
    expect(refusal(index, "a0", "$source")).toMatch(/trigger/);
    expect(refusal(index, "a0", "ghost:9")).toMatch(/exist/);
    expect(refusal(index, "a0", "a2")).toBeUndefined();
    expect(refusal(index, "$source", "a2")).toBeUndefined();
    expect([...ancestors(index, "a1")].sort()).toEqual(["$source", "a0", "a1"]);
  });
  it("leads an end of an edge elsewhere and keeps the rest", () => {
    const bench = new Bench(chain);
    bench.do(reconnect(bench.edge("2", "3"), "from", bench.uid("1")));
    expect(bench.json.edges[2]).toEqual({ from: "1", to: "3", id: "e" });
  });
  it("knows what lies on a cycle of a stored workflow", () => {
    const index = indexOf(new Bench({ actions: ["1", "2", "3"].map((id) => ({ id, kind: "k" })), edges: [{ from: "$source", to: "1" }, { from: "1", to: "2" }, { from: "2", to: "1" }] }).doc);
    expect([...onCycle(index)].sort()).toEqual(["a0", "a1"]);
  });
});

describe("copies", () => {
  const part: Json = { actions: [{ id: "1", kind: "k", inputs: { t: "a !ref($.state.1.x) !ref($.state['2'].y) !ref($.state.7.z)" } }, { id: "2", kind: "k", inputs: { t: "!ref($.state.1)" } }], edges: [{ from: "$source", to: "1" }, { id: "e", from: "1", to: "2", conditional: { type: "match", ref: "!ref($.state.1.ok)", value: 1 } }] };
  it("are a workflow in JSON that can be read elsewhere", () => {
    const bench = new Bench(part);
    expect(JSON.parse(copyText(bench.doc, [bench.uid("1"), bench.uid("2")]) ?? "")).toEqual({ actions: (part as { actions: Json }).actions, edges: [(part as { edges: Json[] }).edges[1]] });
  });
  it("get ids of their own, and refs and edges between them follow", () => {
    const bench = new Bench(part);
    bench.do(duplicate([bench.uid("1"), bench.uid("2")]));
    expect(bench.json.actions.slice(2)).toEqual([
      { id: "3", kind: "k", inputs: { t: "a !ref($.state.3.x) !ref($.state.4.y) !ref($.state.7.z)" } },
      { id: "4", kind: "k", inputs: { t: "!ref($.state.3)" } },
    ]);
    expect(bench.json.edges.slice(2)).toEqual([{ from: "3", to: "4", conditional: { type: "match", ref: "!ref($.state.3.ok)", value: 1 } }]);
  });
  it("are read from a workflow, a list of actions or one action, and from nothing else", () => {
    expect(readClipboard('{"id":"1","kind":"k"}')?.actions.length).toBe(1);
    expect(readClipboard('[{"kind":"k"},{"kind":"k"}]')?.actions.length).toBe(2);
    for (const text of ["", "text", "1", "[]", '[{"x":1}]', "null"]) expect(readClipboard(text)).toBeUndefined();
  });
  it("can be pasted into a definition that cannot be read", () => {
    expect(new Bench("x").do(paste({ actions: [{ kind: "k" }, 1], edges: [] })).json.actions).toEqual([{ kind: "k", id: "1" }]);
  });
});

describe("history", () => {
  it("takes typing as one step, until something else is done", () => {
    const bench = new Bench(chain);
    const uid = bench.uid("1");
    for (const name of ["a", "ab", "abc"]) bench.do(setField(uid, ["name"], name), "name");
    bench.act("settle").do(setField(uid, ["name"], "abcd"), "name").act("undo");
    expect(bench.json.actions[0]?.name).toBe("abc");
    bench.act("undo");
    expect(bench.json.actions[0]?.name).toBeUndefined();
    expect(isDirty(bench.state)).toBe(false);
    bench.act("redo").act("redo").act("redo");
    expect(bench.json.actions[0]?.name).toBe("abcd");
    expect(isDirty(bench.state)).toBe(true);
  });
  it("forgets what was undone when something else is done", () => {
    const bench = new Bench(chain).do(setRoot(["name"], "a")).act("undo").do(setRoot(["name"], "b")).act("redo");
    expect((bench.json as { name?: Json }).name).toBe("b");
  });
  it("keeps one's own work when another version is taken over", () => {
    const bench = new Bench(chain).do(setRoot(["name"], "mine"));
    bench.state = reduce(bench.state, { type: "load", definition: { actions: [], edges: [] }, version: 2, keepHistory: true });
    expect(isDirty(bench.state)).toBe(false);
    bench.act("undo");
    expect((bench.json as { name?: Json }).name).toBe("mine");
    expect(bench.state.base).toBe(2);
  });
  it("selects only what is there", () => {
    const bench = new Bench(chain).do(addAction("k", {}));
    expect(bench.state.selection.length).toBe(1);
    bench.act("undo");
    expect(bench.state.selection).toEqual([]);
  });
});
