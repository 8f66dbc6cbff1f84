import { isNumber, type Json, parseJson, stringifyJson } from "../model/json";
import type { Operand } from "../model/logic";
import { refLabel } from "../model/refs";
import { useForm } from "./context";
import { jsonError, numberText, useDraft } from "./drafts";
import { FieldErrors } from "./Field";
import { InsertRef } from "./InsertRef";

type Kind = "ref" | "var" | "text" | "number" | "boolean" | "null" | "raw";
const labels: Record<Kind, string> = { ref: "Data", var: "Variable", text: "Text", number: "Number", boolean: "Yes or no", null: "Nothing", raw: "JSON" };

interface Props {
  label: string;
  operand: Operand;
  onChange: (operand: Operand) => void;
  pointer: string;
}

/** OperandEditor edits one side of a comparison: data that is picked, a variable of JSON Logic, or a value. */
export function OperandEditor({ label, operand, onChange, pointer }: Props) {
  const { readOnly, titleOf } = useForm();
  const kind = kindOfOperand(operand);
  const draft = useDraft(pointer, storedText(operand), (v) => (typeof v === "string" ? v : ""), (text) => checked(kind, text), (text) => onChange(withText(kind, typeof text === "string" ? text : "")));
  return (
    <div className="operand" role="group" aria-label={label}>
      <select className="control control-small" aria-label={`${label}: kind`} value={kind} disabled={readOnly} onChange={(event) => onChange(start(event.target.value as Kind))}>
        {(Object.keys(labels) as Kind[]).map((name) => (
          <option key={name} value={name}>
            {labels[name]}
          </option>
        ))}
      </select>
      {kind === "boolean" && (
        <select className="control" aria-label={label} disabled={readOnly} value={String(operand.kind === "value" && operand.value)} onChange={(event) => onChange({ kind: "value", value: event.target.value === "true" })}>
          <option value="true">Yes</option>
          <option value="false">No</option>
        </select>
      )}
      {kind !== "boolean" && kind !== "null" && (
        <input
          className={kind === "text" || kind === "number" ? "control" : "control mono"}
          aria-label={label}
          aria-invalid={draft.error !== undefined || undefined}
          readOnly={readOnly}
          placeholder={kind === "ref" ? "$.event.data.…" : kind === "var" ? "event.data.…" : undefined}
          title={operand.kind === "ref" ? refLabel(operand.path, titleOf) : undefined}
          value={draft.text}
          onChange={(event) => draft.set(event.target.value)}
        />
      )}
      {!readOnly && <InsertRef label={label} onPick={(path) => onChange({ kind: "ref", path })} />}
      {operand.kind === "ref" && <p className="field-refs">{refLabel(operand.path, titleOf)}</p>}
      <FieldErrors id="" findings={[]} error={draft.error} />
    </div>
  );
}

function kindOfOperand(operand: Operand): Kind {
  if (operand.kind !== "value") return operand.kind;
  if (operand.value === null) return "null";
  return isNumber(operand.value) ? "number" : typeof operand.value === "boolean" ? "boolean" : typeof operand.value === "string" ? "text" : "raw";
}

function storedText(operand: Operand): string {
  if (operand.kind === "ref" || operand.kind === "var") return operand.path;
  if (operand.kind === "raw") return stringifyJson(operand.value);
  return typeof operand.value === "string" ? operand.value : isNumber(operand.value) ? String(operand.value) : "";
}

function checked(kind: Kind, text: string): Json {
  if (kind === "number") return String(parseJson(numberText(text, false)));
  if (kind === "raw") {
    try {
      parseJson(text);
    } catch (error) {
      throw new Error(jsonError(text, error));
    }
  }
  return text;
}

function withText(kind: Kind, text: string): Operand {
  if (kind === "ref" || kind === "var") return { kind, path: text };
  if (kind === "number") return { kind: "value", value: parseJson(text) };
  return kind === "raw" ? { kind: "raw", value: parseJson(text) } : { kind: "value", value: text };
}

function start(kind: Kind): Operand {
  switch (kind) {
    case "ref":
      return { kind, path: "$.event.data" };
    case "var":
      return { kind, path: "event.data" };
    case "number":
      return { kind: "value", value: 0 };
    case "boolean":
      return { kind: "value", value: true };
    case "null":
      return { kind: "value", value: null };
    case "raw":
      return { kind, value: {} };
    default:
      return { kind: "value", value: "" };
  }
}
