import type { Finding } from "../model/problems";
import { makeRef } from "../model/refs";
import { useFieldIds, useForm } from "./context";
import { Field } from "./Field";
import { InsertRef } from "./InsertRef";
import type { FieldProps, Shown } from "./SchemaField";

/** BooleanField is yes, no, or not set, which is something else than no where there is a default. */
export function BooleanField({ shown, schema, value, onChange, required, findings, tools }: FieldProps & { shown: Shown; findings: readonly Finding[] }) {
  const ids = useFieldIds();
  const { readOnly } = useForm();
  const fallback = typeof schema.default === "boolean" ? ` (${schema.default ? "yes" : "no"})` : "";
  const options = [
    { label: "Yes", value: true },
    { label: "No", value: false },
    { label: schema.default === undefined ? "Not set" : `Default${fallback}`, value: undefined },
  ];
  return (
    <Field
      ids={ids}
      group
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
      <div className="segments" data-testid={`field${shown.pointer}`}>
        {options.map((option) => (
          <label key={option.label} className={option.value === value ? "segment on" : "segment"}>
            <input type="radio" name={ids.control} checked={option.value === value} disabled={readOnly} onChange={() => onChange(option.value)} />
            {option.label}
          </label>
        ))}
      </div>
    </Field>
  );
}
