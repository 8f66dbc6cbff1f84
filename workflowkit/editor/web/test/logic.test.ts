import { describe, expect, it } from "vitest";
import type { Json } from "../src/model/json";
import { describeRule, readRule, writeRule } from "../src/model/logic";

describe("the condition builder", () => {
  const rules: Json[] = [
    { "==": ["!ref($.state.1)", 42] },
    { and: [{ ">": [{ var: "event.data.likes" }, 10] }, { "==": ["!ref($.state.1.tone)", "formal"] }] },
    { or: [{ "!": { "<": [1, 2] } }, { "!": [{ var: "a" }] }, { "!!": [{ var: "a" }] }, { "!!": "!ref($.event)" }] },
    { in: ["a", "!ref($.event.data.tags)"] },
    { "<": [1, { var: "x" }, 10] },
    { var: ["a.b", "default"] },
    { if: [true, 1, 2] },
    { and: [] },
    { and: [true, "text", null, { "===": [null, false] }] },
    { "==": [1, 2], "!=": [1, 2] },
    { "!": [1, 2] },
    { "!": [[1]] },
    { "!!": [[]] },
    { and: { var: "x" } },
    {},
    true,
    ["a"],
    null,
    "text !ref($.event) more",
    { "==": ["text !ref($.event)", { "+": [1, 2] }] },
  ];
  it.each(rules.map((rule) => [JSON.stringify(rule), rule] as const))("writes what it has read: %s", (_text, rule) => {
    expect(writeRule(readRule(rule))).toEqual(rule);
  });
  it("shows comparisons, negations and groups, and only the rest as JSON", () => {
    const rule = readRule({ and: [{ "==": [1, 2] }, { "!": { or: [] } }, { map: [1, 2] }] });
    expect(rule).toMatchObject({ type: "group", items: [{ type: "compare" }, { type: "not", item: { type: "group" } }, { type: "raw" }] });
  });
  it("describes a rule in words", () => {
    expect(describeRule({ and: [{ ">": ["!ref($.event.data.n)", 3] }, { "!": { "==": [{ var: "a" }, "b"] } }] }, () => "Event › n")).toBe('Event › n is greater than 3 and not (a equals "b")');
  });
});
