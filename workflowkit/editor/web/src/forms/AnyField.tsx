import { useState } from "react";
import { isNumber, type Json } from "../model/json";
import type { Finding } from "../model/problems";
import type { Schema } from "../model/schema";
import { useForm } from "./context";
import { JsonField } from "./JsonField";
import { NumberField } from "./NumberField";
import { BooleanField } from "./BooleanField";
import type { FieldProps, Shown } from "./SchemaField";
import { TextField } from "./TextField";

type Type = "text" | "number" | "boolean" | "json";
const labels: Record<Type, string> = { text: "Text", number: "Number", boolean: "Yes or no", json: "JSON" };

/** AnyField is a value of any type: its author says of which. */
export function AnyField(props: FieldProps & { shown: Shown; findings: readonly Finding[] }) {
  const { value, onChange, schema, shown, tools } = props;
  const { readOnly } = useForm();
  const [chosen, setChosen] = useState<Type>(() => typeOfValue(value));
  const type = value === undefined ? chosen : typeOfValue(value);
  const change = (next: Type) => {
    setChosen(next);
    onChange(next === "boolean" ? true : next === "json" ? (value ?? {}) : undefined);
  };
  const selector = !readOnly && (
    <select className="control control-small" aria-label={`Type of ${shown.label}`} value={type} onChange={(event) => change(event.target.value as Type)}>
      {(Object.keys(labels) as Type[]).map((name) => (
        <option key={name} value={name}>
          {labels[name]}
        </option>
      ))}
    </select>
  );
  const inner = { ...props, tools: <>{selector}{tools}</> };
  if (type === "text") return <TextField {...inner} />;
  if (type === "number") return <NumberField {...inner} schema={{ ...schema, type: "number" } as Schema} />;
  if (type === "boolean") return <BooleanField {...inner} />;
  return <JsonField {...inner} />;
}

function typeOfValue(value: Json | undefined): Type {
  if (value === undefined || typeof value === "string") return "text";
  if (isNumber(value)) return "number";
  return typeof value === "boolean" ? "boolean" : "json";
}
