import { describe, expect, it } from "vitest";
import { diffDocs, diffLines, isEmptyDiff, mergeDocs } from "../src/model/diff";
import { parseDoc } from "../src/model/document";
import { actionsByUid, edgesByUid } from "../src/model/outcome";
import { countText, findingsAt, locate, type Problem } from "../src/model/problems";

const before = parseDoc({ name: "A", actions: [{ id: "1", kind: "k" }, { id: "2", kind: "k", inputs: { x: 1 } }, { id: "3", kind: "k" }], edges: [{ from: "$source", to: "1" }, { from: "1", to: "2" }] });
const after = parseDoc({ name: "B", actions: [{ kind: "k", id: "1" }, { id: "2", kind: "k", inputs: { x: 2 } }, { id: "4", kind: "k" }], edges: [{ from: "$source", to: "1" }, { from: "1", to: "4" }] });

describe("the difference of two versions", () => {
  const diff = diffDocs(before, after);
  it("names what was added, removed and changed, down to the field", () => {
    expect(diffLines(diff).map((line) => `${line.sign} ${line.text}`)).toEqual(['~ workflow /name: "A" → "B"', "~ action 2 /inputs/x: 1 → 2", "+ action 4", "- action 3", "+ edge 1->4", "- edge 1->2"]);
  });
  it("is drawn as one graph that holds both", () => {
    const { doc, marks } = mergeDocs(after, diff);
    expect(doc.actions.map((entry) => `${(entry.raw as { id: string }).id} ${marks.get(entry.uid) ?? ""}`)).toEqual(["1 same", "2 changed", "4 added", "3 removed"]);
    expect(doc.edges.length).toBe(3);
  });
  it("is empty between equal states, and pairs twins", () => {
    expect(isEmptyDiff(diffDocs(before, before))).toBe(true);
    const twins = parseDoc({ actions: [{ id: "1", a: 1 }, { id: "1", a: 2 }], edges: [] });
    expect(isEmptyDiff(diffDocs(twins, parseDoc({ actions: [{ id: "1", a: 2 }, { id: "1", a: 1 }], edges: [] })))).toBe(true);
  });
});

describe("what became of a run", () => {
  it("is found for each of several edges between the same actions", () => {
    const doc = parseDoc({ actions: [{ id: "1" }, { id: "2" }], edges: [{ from: "1", to: "2" }, { id: "x", from: "1", to: "2" }, { from: "1", to: "2" }] });
    const edges = edgesByUid(doc, [{ id: "1->2", from: "1", to: "2", n: 1 }, { id: "x", from: "1", to: "2", n: 2 }, { id: "1->2", from: "1", to: "2", n: 3 }]);
    expect([...edges].map(([uid, edge]) => [uid, edge.n])).toEqual([["e0", 1], ["e1", 2], ["e2", 3]]);
    expect([...edgesByUid(doc, [{ from: "1", to: "2", n: 1 }])].length).toBe(1);
    expect(actionsByUid(doc, [{ id: "2" }, { id: "9" }])).toEqual(new Map([["a1", { id: "2" }]]));
  });
});

describe("findings", () => {
  const problem = (path: string, severity: "error" | "warning" = "error"): Problem => ({ code: "c", severity, path, id: "", message: "m", hint: "" });
  const found = locate(before, [problem("/actions/1/inputs/x/0"), problem("/edges/0/conditional/ref"), problem(""), problem("/actions/99"), problem("/actions/1/inputs/a~1b", "warning")]);
  it("belong to the entry and the place in it", () => {
    expect(found.map((finding) => [finding.uid, finding.within])).toEqual([["a1", "/inputs/x/0"], ["e0", "/conditional/ref"], [undefined, ""], [undefined, ""], ["a1", "/inputs/a~1b"]]);
  });
  it("belong to a field, with or without what is below", () => {
    expect(findingsAt(found, "/inputs/x", true).length).toBe(1);
    expect(findingsAt(found, "/inputs/x", false).length).toBe(0);
  });
  it("are counted for people", () => {
    expect(countText(found)).toBe("4 errors, 1 warning");
    expect(countText([])).toBe("No problems");
  });
});
