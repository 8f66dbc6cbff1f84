import type { Finding } from "../model/problems";
import { makeRef } from "../model/refs";
import { choiceIndex, choiceLabel, choicesOf } from "../model/schema";
import { useFieldIds, useForm } from "./context";
import { describedBy, Field } from "./Field";
import { InsertRef } from "./InsertRef";
import type { FieldProps, Shown } from "./SchemaField";

/** ChoiceField is one of the values that a schema lists, with its JSON type. A stored value that is not listed stays. */
export function ChoiceField({ shown, schema, value, onChange, required, findings, tools }: FieldProps & { shown: Shown; findings: readonly Finding[] }) {
  const ids = useFieldIds();
  const { readOnly } = useForm();
  const choices = choicesOf(schema) ?? [];
  const at = choiceIndex(choices, value);
  const other = value !== undefined && at < 0;
  return (
    <Field
      ids={ids}
      label={shown.label}
      required={required}
      help={shown.help}
      findings={findings}
      tools={
        <>
          {!readOnly && <InsertRef label={shown.label} onPick={(path) => onChange(makeRef(path))} />}
          {tools}
        </>
      }
    >
      <select
        id={ids.control}
        className="control"
        disabled={readOnly}
        value={other ? "other" : String(at)}
        aria-required={required || undefined}
        aria-invalid={findings.some((finding) => finding.severity === "error") || undefined}
        aria-describedby={describedBy(ids, shown.help, findings.length > 0)}
        data-testid={`field${shown.pointer}`}
        onChange={(event) => onChange(choices[Number(event.target.value)]?.value)}
      >
        <option value="-1">{schema.default === undefined ? "Choose …" : `Default: ${choiceLabel(schema.default)}`}</option>
        {choices.map((choice, i) => (
          <option key={i} value={String(i)}>
            {choice.label}
          </option>
        ))}
        {other && value !== undefined && <option value="other">{choiceLabel(value)} (not offered)</option>}
      </select>
    </Field>
  );
}
