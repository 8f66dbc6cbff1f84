import { isNumber, isObject, type Json, type JsonObject } from "./json";
import { makeRef, wholeRef } from "./refs";

/** Operand is one side of a comparison. */
export type Operand =
  | { kind: "ref"; path: string }
  | { kind: "var"; path: string }
  | { kind: "value"; value: null | string | boolean | Json }
  | { kind: "raw"; value: Json };

export const comparisons = ["==", "!=", ">", ">=", "<", "<=", "in", "===", "!=="] as const;
export type Comparison = (typeof comparisons)[number];

export const comparisonLabels: Record<Comparison, string> = {
  "==": "equals",
  "!=": "does not equal",
  ">": "is greater than",
  ">=": "is at least",
  "<": "is less than",
  "<=": "is at most",
  in: "is contained in",
  "===": "is exactly",
  "!==": "is not exactly",
};

/** Rule is a condition as the builder shows it. What it cannot show is raw JSON, at the place where it stands. */
export type Rule =
  | { type: "group"; op: "and" | "or"; items: Rule[] }
  | { type: "not"; item: Rule; bare: boolean }
  | { type: "compare"; op: Comparison; left: Operand; right: Operand }
  | { type: "truthy"; operand: Operand; bare: boolean }
  | { type: "raw"; value: Json };

/** readRule reads JSON Logic. writeRule of what it returns is what it has read. */
export function readRule(value: Json): Rule {
  if (!isObject(value)) return { type: "raw", value };
  const [op, ...more] = Object.keys(value);
  if (op === undefined || more.length > 0) return { type: "raw", value };
  const args = value[op] as Json;
  if (op === "and" || op === "or") return Array.isArray(args) ? { type: "group", op, items: args.map(readItem) } : { type: "raw", value };
  if (op === "!" || op === "!!") return readUnary(op, args, value);
  if (isComparison(op) && Array.isArray(args) && args.length === 2) {
    return { type: "compare", op, left: readOperand(args[0] as Json), right: readOperand(args[1] as Json) };
  }
  return { type: "raw", value };
}

function readItem(value: Json): Rule {
  return isObject(value) ? readRule(value) : { type: "raw", value };
}

function readUnary(op: "!" | "!!", args: Json, value: Json): Rule {
  if (Array.isArray(args) && args.length !== 1) return { type: "raw", value };
  const bare = !Array.isArray(args);
  const arg = (Array.isArray(args) ? args[0] : args) as Json;
  if (op === "!!") return { type: "truthy", operand: readOperand(arg), bare };
  return { type: "not", item: isPlainOperand(arg) ? { type: "raw", value: arg } : readItem(arg), bare };
}

function isPlainOperand(value: Json): boolean {
  return readOperand(value).kind !== "raw";
}

function isComparison(op: string): op is Comparison {
  return (comparisons as readonly string[]).includes(op);
}

export function readOperand(value: Json): Operand {
  const path = wholeRef(value);
  if (path !== undefined) return { kind: "ref", path };
  if (value === null || typeof value === "string" || typeof value === "boolean" || isNumber(value)) return { kind: "value", value };
  if (isObject(value) && Object.keys(value).length === 1 && typeof value.var === "string") return { kind: "var", path: value.var };
  return { kind: "raw", value };
}

export function writeOperand(operand: Operand): Json {
  if (operand.kind === "ref") return makeRef(operand.path);
  return operand.kind === "var" ? { var: operand.path } : operand.value;
}

export function writeRule(rule: Rule): Json {
  switch (rule.type) {
    case "group":
      return { [rule.op]: rule.items.map(writeRule) };
    case "not":
      return unary("!", writeRule(rule.item), rule.bare);
    case "truthy":
      return unary("!!", writeOperand(rule.operand), rule.bare);
    case "compare":
      return { [rule.op]: [writeOperand(rule.left), writeOperand(rule.right)] };
    case "raw":
      return rule.value;
  }
}

function unary(op: string, value: Json, bare: boolean): JsonObject {
  return { [op]: bare && !Array.isArray(value) ? value : [value] };
}

export function newComparison(): Rule {
  return { type: "compare", op: "==", left: { kind: "value", value: "" }, right: { kind: "value", value: "" } };
}

/** replaceItem changes or removes an item of a group. */
export function replaceItem(items: Rule[], at: number, rule: Rule | undefined): Rule[] {
  return rule ? items.map((item, i) => (i === at ? rule : item)) : items.filter((_, i) => i !== at);
}

/** describeRule says what a rule means, for people who do not see the builder. */
export function describeRule(value: Json | undefined, label: (path: string) => string): string {
  if (value === undefined) return "no condition yet";
  return describe(readRule(value), label);
}

function describe(rule: Rule, label: (path: string) => string): string {
  switch (rule.type) {
    case "group":
      return rule.items.map((item) => (item.type === "group" ? `(${describe(item, label)})` : describe(item, label))).join(` ${rule.op} `) || "nothing";
    case "not":
      return `not (${describe(rule.item, label)})`;
    case "truthy":
      return `${operandText(rule.operand, label)} is set`;
    case "compare":
      return `${operandText(rule.left, label)} ${comparisonLabels[rule.op]} ${operandText(rule.right, label)}`;
    case "raw": {
      const operand = readOperand(rule.value);
      return operand.kind === "raw" ? "JSON Logic" : operandText(operand, label);
    }
  }
}

function operandText(operand: Operand, label: (path: string) => string): string {
  if (operand.kind === "ref") return label(operand.path);
  if (operand.kind === "var") return operand.path;
  return operand.kind === "raw" ? "(expression)" : isNumber(operand.value) ? String(operand.value) : JSON.stringify(operand.value);
}
