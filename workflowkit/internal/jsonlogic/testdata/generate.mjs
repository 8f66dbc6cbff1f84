// Writes golden.json: what json-logic-js 2.0.5 makes of thousands of rules. The Go tests only read it.
//
// To write it again, work on a copy, so that node_modules stays out of the repository:
//
//	cp -r testdata /tmp/golden && cd /tmp/golden && npm ci && npm run generate && cp golden.json <here>
//
// Arguments, both optional: the number of random rules, and a seed. The committed file is made without.
import { createRequire } from "node:module";
import { readFileSync, writeFileSync } from "node:fs";
import { randomRules } from "./random.mjs";

const require = createRequire(import.meta.url);
const name = require.resolve("json-logic-js");
const logic = require(name);
delete require.cache[name];
const watched = require(name); // a second copy, to notice what must not be compared

console.log = () => {}; // "log" prints

// JSON text of a value. Object.is(-0) and numbers out of range are lost on the way, as they are in any JSON result.
const text = (v) => JSON.stringify(v) ?? "null";
const outcome = (rule, data) => {
  try {
    return { json: text(logic.apply(rule, data)) };
  } catch (error) {
    return { error: String(error.message) };
  }
};

// Two things are left out on purpose, and documented in the Go package: inherited members ("constructor"), which
// give functions, and keys of "missing" that are operations, which json-logic-js evaluates though they are data.
let unfit = false;
const holdsOperation = (v) =>
  typeof v === "object" && v !== null && (Array.isArray(v) ? v.some(holdsOperation) : Object.keys(v).length === 1);
const holdsFunction = (v) =>
  typeof v === "function" ||
  v === Object.prototype || v === Array.prototype || v === String.prototype ||
  (typeof v === "object" && v !== null && Object.values(v).some(holdsFunction));
const inherited = new Set(
  [Object, Array, String, Number, Boolean].flatMap((t) => Object.getOwnPropertyNames(t.prototype)),
);
inherited.delete("length");
watched.add_operation("var", function (path, fallback) {
  if (path === undefined || path === null || path === "") return this;
  let found = this;
  for (const key of String(path).split(".")) {
    if (inherited.has(key)) unfit = true;
    found = found === null ? undefined : found?.[key];
    if (found === undefined) return fallback === undefined ? null : fallback;
  }
  return found;
});
for (const op of ["missing", "missing_some"]) {
  watched.add_operation(op, function (...args) {
    if (holdsOperation(args)) unfit = true;
    return logic.apply({ [op]: args }, this);
  });
}
const fit = (rule, data) => {
  unfit = false;
  try {
    if (holdsFunction(watched.apply(rule, data))) unfit = true;
  } catch {
    // errors are compared too
  }
  return !unfit;
};

// 1. Every operator of two arguments with every pair of values, taken from the data, so that a value can meet itself.
const valuesText = readFileSync(new URL("values.json", import.meta.url), "utf8").trim();
const values = JSON.parse(valuesText);
const pairOps = [
  "==", "===", "!=", "!==", ">", ">=", "<", "<=", "%", "/", "-", "+", "*", "in", "cat", "substr", "min", "max",
  "merge", "and", "or", "if", "var", "missing_some",
];
const pairs = pairOps.map((op) => ({
  op,
  rows: values.map((_, i) =>
    values.map((_, j) => {
      const rule = { [op]: [{ var: `v.${i}` }, { var: `v.${j}` }] };
      const data = { v: values };
      if (!fit(rule, data)) return "unfit";
      const got = outcome(rule, data);
      return got.error === undefined ? JSON.parse(got.json) : "error";
    }),
  ),
}));

// 2. Every operator with one argument, and with none, and with the bare value instead of a list.
const data = { a: 1, b: { c: [1, 2, 3] }, s: "text", "": "empty name" };
const cases = [];
const add = (rule, against) => {
  // What is not JSON (undefined, -0) does not survive being written, so what is compared is what was written.
  [rule, against] = JSON.parse(JSON.stringify([rule, against]));
  if (!fit(rule, against)) return;
  const got = outcome(rule, against);
  cases.push(got.error === undefined ? [rule, against, JSON.parse(got.json)] : [rule, against, null, got.error]);
};
const allOps = [...pairOps, "!", "!!", "log", "missing", "?:", "map", "filter", "reduce", "all", "none", "some"];
for (const op of allOps) {
  add({ [op]: [] }, data);
  for (const value of values) {
    add({ [op]: [value] }, data);
    if (!Array.isArray(value)) add({ [op]: value }, data);
  }
}

// 3. Three arguments.
const few = [null, true, 0, -1, 2, 1.5, "", "2", "abc", [], [2]];
for (const op of ["<", "<=", "substr", "if", "+", "*", "-", "max", "cat"])
  for (const a of op === "substr" ? ["", "abcdef", "añ😀é", 12345, null] : few)
    for (const b of few) for (const c of few) add({ [op]: [a, b, c] }, data);

// 4. Cases written by hand: [rule, data].
for (const [rule, against] of JSON.parse(readFileSync(new URL("cases.json", import.meta.url)))) {
  const before = cases.length;
  add(rule, against);
  if (cases.length === before) throw new Error(`not comparable: ${JSON.stringify(rule)}`);
}

// 5. Random rules.
const [count = 2500, seed = 20050] = process.argv.slice(2).map(Number);
for (const [rule, against] of randomRules(count, seed, values)) add(rule, against);

// One case a line; data that many cases share stands once.
const datas = [];
const places = new Map();
const place = (d) => {
  const key = JSON.stringify(d);
  if (!places.has(key)) places.set(key, datas.push(key) - 1);
  return places.get(key);
};
const lines = cases.map(([rule, against, ...rest]) =>
  JSON.stringify([rule, place(against), ...rest]));
const seen = new Set();
const unique = lines.filter((l) => !seen.has(l) && seen.add(l));
const part = (key, list) => `"${key}":[\n${list.join(",\n")}\n]`;
const out = [
  `"version":${JSON.stringify(require("json-logic-js/package.json").version)}`,
  `"values":${valuesText}`,
  part("pairs", pairs.map((p) => JSON.stringify(p))),
  part("data", datas),
  part("cases", unique),
].join(",\n");
writeFileSync(new URL("golden.json", import.meta.url), `{\n${out}\n}\n`);
console.error(`${pairs.length * values.length ** 2} pairs, ${unique.length} cases`);
