import { isObject, type Json } from "../model/json";
import type { Finding } from "../model/problems";
import { makeRef } from "../model/refs";
import { resolve, typeOf } from "../model/schema";
import { Button, IconButton } from "../ui/Button";
import { useFieldIds, useForm } from "./context";
import { Field } from "./Field";
import { InsertRef } from "./InsertRef";
import { type FieldProps, SchemaField, type Shown } from "./SchemaField";

/** ListField is a list of values, each with a field of its own. */
export function ListField({ shown, schema, root, path, value, onChange, required, findings, tools, fieldType, depth = 0 }: FieldProps & { shown: Shown; findings: readonly Finding[] }) {
  const ids = useFieldIds();
  const { readOnly } = useForm();
  const items = Array.isArray(value) ? value : [];
  const itemSchema = isObject(schema.items) ? schema.items : {};
  const set = (next: Json[]) => onChange(next);
  const move = (from: number, to: number) => {
    const next = [...items];
    next.splice(to, 0, ...next.splice(from, 1));
    set(next);
  };
  return (
    <Field
      ids={ids}
      group
      label={shown.label}
      required={required}
      help={shown.help}
      note={value === undefined ? "list, not set" : `list of ${items.length}`}
      findings={findings}
      tools={
        <>
          {!readOnly && <InsertRef label={shown.label} onPick={(ref) => onChange(makeRef(ref))} />}
          {!readOnly && value !== undefined && <IconButton small icon="close" label={`Remove ${shown.label}`} onClick={() => onChange(undefined)} />}
          {tools}
        </>
      }
    >
      <div className="nested" data-testid={`field${shown.pointer}`}>
        {items.map((item, i) => (
          <SchemaField
            key={i}
            schema={itemSchema}
            root={root}
            path={[...path, i]}
            name={`Item ${i + 1}`}
            value={item}
            fieldType={fieldType}
            depth={depth + 1}
            onChange={(next) => set(next === undefined ? items.map((old, at) => (at === i ? blank(itemSchema, root) : old)) : items.map((old, at) => (at === i ? next : old)))}
            tools={
              !readOnly && (
                <>
                  {i > 0 && <IconButton small icon="up" label={`Move item ${i + 1} up`} onClick={() => move(i, i - 1)} />}
                  {i < items.length - 1 && <IconButton small icon="down" label={`Move item ${i + 1} down`} onClick={() => move(i, i + 1)} />}
                  <IconButton small icon="trash" label={`Remove item ${i + 1}`} onClick={() => set(items.filter((_, at) => at !== i))} />
                </>
              )
            }
          />
        ))}
        {!readOnly && (
          <Button small icon="plus" data-testid={`add${shown.pointer}`} onClick={() => set([...items, blank(itemSchema, root)])}>
            Add an item
          </Button>
        )}
      </div>
    </Field>
  );
}

/** blank is what an item begins with: something of the right type, as a list cannot have holes. */
export function blank(schema: Json, root: FieldProps["root"]): Json {
  const at = resolve(schema, root);
  if (at.default !== undefined) return at.default;
  switch (typeOf(at)) {
    case "string":
      return "";
    case "array":
      return [];
    case "object":
      return {};
    case "boolean":
      return false;
    case "number":
    case "integer":
      return typeof at.minimum === "number" ? at.minimum : 0;
    default:
      return Array.isArray(at.enum) && at.enum[0] !== undefined ? at.enum[0] : "";
  }
}
