import { useState } from "react";
import { isObject, type JsonObject } from "../model/json";
import { setAt } from "../model/pointer";
import type { Finding } from "../model/problems";
import { makeRef } from "../model/refs";
import { memberSchema } from "../model/schema";
import { Button, IconButton } from "../ui/Button";
import { useFieldIds, useForm } from "./context";
import { Field } from "./Field";
import { InsertRef } from "./InsertRef";
import { blank } from "./ListField";
import { type FieldProps, SchemaField, type Shown } from "./SchemaField";

/** MapField is an object whose members have names of the author's own. */
export function MapField({ shown, schema, root, path, value, onChange, required, findings, tools, fieldType, depth = 0 }: FieldProps & { shown: Shown; findings: readonly Finding[] }) {
  const ids = useFieldIds();
  const { readOnly } = useForm();
  const [name, setName] = useState("");
  const object: JsonObject = isObject(value) ? value : {};
  const member = memberSchema(schema);
  const taken = Object.hasOwn(object, name);
  const add = () => {
    if (name === "" || taken) return;
    onChange(setAt(object, [name], blank(member, root)));
    setName("");
  };
  return (
    <Field
      ids={ids}
      group
      label={shown.label}
      required={required}
      help={shown.help}
      note={`${Object.keys(object).length} members`}
      findings={findings}
      tools={
        <>
          {!readOnly && <InsertRef label={shown.label} onPick={(ref) => onChange(makeRef(ref))} />}
          {tools}
        </>
      }
    >
      <div className="nested" data-testid={`field${shown.pointer}`}>
        {Object.keys(object).map((key) => (
          <SchemaField
            key={key}
            schema={member}
            root={root}
            path={[...path, key]}
            name={key}
            value={object[key]}
            fieldType={fieldType}
            depth={depth + 1}
            onChange={(next) => onChange(setAt(object, [key], next ?? blank(member, root)))}
            tools={!readOnly && <IconButton small icon="trash" label={`Remove ${key}`} onClick={() => onChange(setAt(object, [key], undefined))} />}
          />
        ))}
        {!readOnly && (
          <div className="row">
            <input className="control" aria-label={`Name of the next member of ${shown.label}`} placeholder="Name" value={name} aria-invalid={taken || undefined} onChange={(event) => setName(event.target.value)} onKeyDown={(event) => event.key === "Enter" && add()} />
            <Button small icon="plus" disabled={name === "" || taken} onClick={add}>
              Add
            </Button>
          </div>
        )}
        {taken && <p className="field-help">There is a member of this name already.</p>}
      </div>
    </Field>
  );
}
