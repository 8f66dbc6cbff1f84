import type { Finding } from "../model/problems";
import { makeRef, refLabel, wholeRef } from "../model/refs";
import { IconButton } from "../ui/Button";
import { Icon } from "../ui/Icon";
import { useFieldIds, useForm } from "./context";
import { Field } from "./Field";
import { InsertRef } from "./InsertRef";
import type { FieldProps, Shown } from "./SchemaField";

/** RefField is a field whose value a ref finds when the action runs. */
export function RefField({ shown, value, onChange, required, findings, tools }: FieldProps & { shown: Shown; findings: readonly Finding[] }) {
  const ids = useFieldIds();
  const { readOnly, titleOf } = useForm();
  const path = wholeRef(value) ?? "";
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
          {!readOnly && <InsertRef label={shown.label} onPick={(next) => onChange(makeRef(next))} />}
          {tools}
        </>
      }
    >
      <div className="ref-chip" data-testid={`field${shown.pointer}`} data-ref={path}>
        <Icon name="link" />
        <span className="ref-text">
          <span>{refLabel(path, titleOf)}</span>
          <code>{path}</code>
        </span>
        {!readOnly && <IconButton small icon="close" label={`Remove the ref from ${shown.label}`} onClick={() => onChange(undefined)} />}
      </div>
    </Field>
  );
}
