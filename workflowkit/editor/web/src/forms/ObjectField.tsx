import { isObject } from "../model/json";
import { setAt } from "../model/pointer";
import type { Finding } from "../model/problems";
import { makeRef } from "../model/refs";
import { propertiesOf } from "../model/schema";
import { IconButton } from "../ui/Button";
import { useFieldIds, useForm } from "./context";
import { Field } from "./Field";
import { InsertRef } from "./InsertRef";
import { JsonField } from "./JsonField";
import { type FieldProps, SchemaField, type Shown } from "./SchemaField";

/** ObjectField has a field for each property. Members that the schema does not list are kept, and shown as JSON. */
export function ObjectField({ shown, schema, root, path, value, onChange, required, findings, tools, depth = 0 }: FieldProps & { shown: Shown; findings: readonly Finding[] }) {
  const ids = useFieldIds();
  const { readOnly } = useForm();
  const object = isObject(value) ? value : {};
  const properties = propertiesOf(schema);
  const others = Object.keys(object).filter((name) => !properties.some((property) => property.name === name));
  const set = (name: string, next: Parameters<typeof onChange>[0]) => {
    const changed = setAt(object, [name], next);
    onChange(isObject(changed) && Object.keys(changed).length === 0 && !required ? undefined : changed);
  };
  return (
    <Field
      ids={ids}
      group
      label={shown.label}
      required={required}
      help={shown.help}
      note={value === undefined ? "object, not set" : "object"}
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
        {properties.map((property) => (
          <SchemaField
            key={property.name}
            schema={property.schema}
            root={root}
            path={[...path, property.name]}
            name={property.name}
            value={Object.hasOwn(object, property.name) ? object[property.name] : undefined}
            required={property.required}
            depth={depth + 1}
            onChange={(next) => set(property.name, next)}
          />
        ))}
        {others.map((name) => {
          const pointer = `${shown.pointer}/${name.replaceAll("~", "~0").replaceAll("/", "~1")}`;
          return <JsonField key={name} schema={{}} root={root} path={[...path, name]} name={name} shown={{ label: name, note: "", pointer }} findings={[]} value={object[name]} onChange={(next) => set(name, next)} />;
        })}
      </div>
    </Field>
  );
}
