import { parseJson } from "../model/json";
import { makeRef } from "../model/refs";
import type { Finding } from "../model/problems";
import { choiceLabel, typeOf } from "../model/schema";
import { useFieldIds, useForm } from "./context";
import { numberText, useDraft } from "./drafts";
import { describedBy, Field } from "./Field";
import { InsertRef } from "./InsertRef";
import type { FieldProps, Shown } from "./SchemaField";
import { TextControl } from "./TextControl";

/** NumberField is a number, and stays one: its value is never a text. */
export function NumberField({ shown, schema, value, onChange, required, findings, tools }: FieldProps & { shown: Shown; findings: readonly Finding[] }) {
  const ids = useFieldIds();
  const { readOnly } = useForm();
  const whole = typeOf(schema) === "integer";
  const draft = useDraft(shown.pointer, value, (v) => (v === undefined || v === null ? "" : String(v)), (text) => (text.trim() === "" ? undefined : parseJson(numberText(text, whole))), onChange);
  const bounds = [schema.minimum !== undefined && `at least ${String(schema.minimum)}`, schema.maximum !== undefined && `at most ${String(schema.maximum)}`].filter(Boolean).join(", ");
  return (
    <Field
      ids={ids}
      label={shown.label}
      required={required}
      help={shown.help}
      note={bounds || (whole ? "whole number" : "number")}
      findings={findings}
      error={draft.error}
      tools={
        <>
          {!readOnly && <InsertRef label={shown.label} onPick={(path) => onChange(makeRef(path))} />}
          {tools}
        </>
      }
    >
      <TextControl
        id={ids.control}
        value={draft.text}
        inputMode="decimal"
        placeholder={schema.default === undefined ? undefined : choiceLabel(schema.default)}
        readOnly={readOnly}
        required={required}
        invalid={draft.error !== undefined || findings.some((finding) => finding.severity === "error")}
        describedBy={describedBy(ids, shown.help, draft.error !== undefined || findings.length > 0)}
        testid={`field${shown.pointer}`}
        onChange={draft.set}
      />
    </Field>
  );
}
