import { describe, expect, it } from "vitest";
import { BigNumber, parseJson, sameJson, stringifyJson } from "../src/model/json";
import { formatPointer, getAt, parsePointer, setAt } from "../src/model/pointer";

describe("JSON", () => {
  it.each(['{"a":12345678901234567890}', "[0.12345678901234567,1]", '{"n":-98765432109876543210,"big-number-0":"big-number-0"}', '"big-number-"', "1e400", '{"a":"12345678901234567890"}'])("keeps all digits of %s", (text) => {
    expect(stringifyJson(parseJson(text))).toBe(text);
  });
  it("reads ordinary numbers as numbers", () => {
    expect(parseJson('{"a":[1,-2.5,1e3,9007199254740991]}')).toEqual({ a: [1, -2.5, 1000, 9007199254740991] });
  });
  it("keeps a member that is called __proto__", () => {
    const value = parseJson('{"__proto__":{"x":1},"a":2}');
    expect(stringifyJson(setAt(value, ["a"], 3))).toBe('{"__proto__":{"x":1},"a":3}');
  });
  it("names the place of an error in the text, not in its marked form", () => {
    expect(() => parseJson('{"a":12345678901234567890,}')).toThrow(/JSON/);
  });
  it("compares without regard to the order of members", () => {
    expect(sameJson(parseJson('{"a":1,"b":[2]}'), parseJson('{"b":[2],"a":1}'))).toBe(true);
    expect(sameJson({ a: 1 }, { a: "1" })).toBe(false);
    expect(sameJson([], {})).toBe(false);
    expect(sameJson(new BigNumber("123456789012345678901"), new BigNumber("123456789012345678902"))).toBe(false);
  });
});

describe("pointers", () => {
  it("escape and unescape", () => {
    expect(formatPointer(["a/b", "c~d", 0])).toBe("/a~1b/c~0d/0");
    expect(parsePointer("/a~1b/c~0d/0")).toEqual(["a/b", "c~d", "0"]);
    expect(parsePointer("")).toEqual([]);
  });
  it("set in a copy and keep the place of members", () => {
    const before = { a: 1, b: { c: [1, 2, 3] }, d: 4 };
    const after = setAt(before, ["b", "c", 1], 9);
    expect(JSON.stringify(after)).toBe('{"a":1,"b":{"c":[1,9,3]},"d":4}');
    expect(before.b.c).toEqual([1, 2, 3]);
    expect(setAt(before, ["b", "c", 1], undefined)).toEqual({ a: 1, b: { c: [1, 3] }, d: 4 });
  });
  it("find nothing in what objects inherit", () => {
    expect(getAt({}, ["toString"])).toBeUndefined();
  });
});
