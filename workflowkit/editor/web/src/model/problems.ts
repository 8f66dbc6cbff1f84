import { type Doc } from "./document";
import { parsePointer } from "./pointer";

/** Problem is a finding of the server's validation. */
export interface Problem {
  code: string;
  severity: "error" | "warning";
  path: string;
  id: string;
  message: string;
  hint: string;
}

/** Finding is a problem with the entry of the document that it belongs to, and the place within that entry. */
export interface Finding extends Problem {
  key: string;
  uid?: string;
  within: string;
}

/** locate finds the entries that problems belong to, in the document that was validated. */
export function locate(doc: Doc, problems: readonly Problem[]): Finding[] {
  return problems.map((problem, i) => {
    const [list, index, ...rest] = parsePointer(problem.path);
    const entries = list === "actions" ? doc.actions : list === "edges" ? doc.edges : undefined;
    const uid = entries?.[Number(index)]?.uid;
    return { ...problem, key: `${problem.path} ${problem.code} ${i}`, uid, within: rest.map((part) => "/" + part.replaceAll("~", "~0").replaceAll("/", "~1")).join("") };
  });
}

export interface Worst {
  errors: number;
  warnings: number;
}

/** countBy counts findings for each entry. */
export function countBy(findings: readonly Finding[]): Map<string, Worst> {
  const out = new Map<string, Worst>();
  for (const finding of findings) {
    if (finding.uid === undefined) continue;
    const worst = out.get(finding.uid) ?? { errors: 0, warnings: 0 };
    out.set(finding.uid, finding.severity === "error" ? { ...worst, errors: worst.errors + 1 } : { ...worst, warnings: worst.warnings + 1 });
  }
  return out;
}

/** findingsAt returns the findings about a field: those at its place, and those below it unless a field stands there. */
export function findingsAt(findings: readonly Finding[], pointer: string, deep: boolean): Finding[] {
  return findings.filter((finding) => finding.within === pointer || (deep && finding.within.startsWith(pointer + "/")));
}

export function countText(findings: readonly { severity: string }[]): string {
  const errors = findings.filter((finding) => finding.severity === "error").length;
  const warnings = findings.length - errors;
  const parts = [errors > 0 && plural(errors, "error"), warnings > 0 && plural(warnings, "warning")].filter(Boolean);
  return parts.join(", ") || "No problems";
}

export function plural(n: number, word: string): string {
  return `${n} ${word}${n === 1 ? "" : "s"}`;
}
