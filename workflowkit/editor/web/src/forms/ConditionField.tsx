import { useState } from "react";
import { isObject, type Json } from "../model/json";
import { describeRule, newComparison, readRule, type Rule, writeRule } from "../model/logic";
import type { Finding } from "../model/problems";
import { refLabel } from "../model/refs";
import { Button } from "../ui/Button";
import { useFieldIds, useForm } from "./context";
import { Field } from "./Field";
import { JsonField } from "./JsonField";
import { RuleEditor } from "./RuleEditor";
import type { FieldProps, Shown } from "./SchemaField";

/** ConditionField builds JSON Logic. What the builder cannot show is raw JSON, in its place or as a whole. */
export function ConditionField(props: FieldProps & { shown: Shown; findings: readonly Finding[] }) {
  const { shown, value, onChange, required, findings } = props;
  const ids = useFieldIds();
  const { readOnly, titleOf } = useForm();
  const [raw, setRaw] = useState(value !== undefined && !isObject(value));
  const rule = value === undefined ? undefined : readRule(value);
  const toggle = (
    <button type="button" className="link" data-testid="condition-mode" onClick={() => setRaw(!raw)}>
      {raw ? "Use the builder" : "Edit as JSON"}
    </button>
  );
  if (raw) return <JsonField {...props} tools={toggle} unexpected={value !== undefined && !isObject(value)} />;
  const change = (next: Rule | undefined) => onChange(next === undefined ? undefined : (writeRule(next) as Json));
  return (
    <Field ids={ids} group label={shown.label} required={required} help={shown.help} note="JSON Logic" findings={findings} tools={toggle}>
      <p className="sr-only">{describeRule(value, (path) => refLabel(path, titleOf))}</p>
      <div className="rules" data-testid={`field${shown.pointer}`}>
        {rule ? <RuleEditor rule={rule} onChange={change} pointer={shown.pointer} top /> : <p className="empty-note">No condition yet.</p>}
        {!rule && !readOnly && (
          <Button small icon="plus" data-testid="condition-start" onClick={() => change(newComparison())}>
            Add a comparison
          </Button>
        )}
      </div>
    </Field>
  );
}
