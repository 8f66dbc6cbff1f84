import { useMemo } from "react";
import { type Catalog, specName } from "../model/catalog";
import { isObject, type JsonObject } from "../model/json";
import { setAt } from "../model/pointer";
import type { Finding } from "../model/problems";
import type { RefSource } from "../model/scope";
import { type FormContext, FormProvider, useFieldIds, useForm } from "./context";
import { Field } from "./Field";
import { JsonField } from "./JsonField";
import { type FieldProps, SchemaField, type Shown } from "./SchemaField";

const item: RefSource = { key: "item", title: "Item", note: "of the list, with its place in it", path: "$.item", leaves: [] };
const place: RefSource = { key: "index", title: "Index", note: "from 0", path: "$.index", leaves: [] };

/** withItem lets refs see the item that a builtin:for_each works on. */
export function withItem(form: FormContext): FormContext {
  return { ...form, sources: [item, place, ...form.sources] };
}

/** EachField is the action that a builtin:for_each runs for each item: a kind, and the form of its inputs. */
export function EachField(props: FieldProps & { shown: Shown; findings: readonly Finding[]; catalog: Catalog }) {
  const { shown, value, onChange, findings, catalog, path } = props;
  const ids = useFieldIds();
  const form = useForm();
  const inner = useMemo(() => withItem(form), [form]);
  if (value !== undefined && !isObject(value)) return <JsonField {...props} unexpected />;
  const action: JsonObject = value ?? {};
  const kind = typeof action.kind === "string" ? action.kind : "";
  const spec = catalog.get(kind);
  const inputs = isObject(action.inputs) ? action.inputs : {};
  const kinds = catalog.specs.filter((other) => !["builtin:for_each", "builtin:if", "builtin:switch"].includes(other.kind));
  const known = Object.entries(spec?.inputs ?? {});
  return (
    <Field ids={ids} group label={shown.label} help={shown.help} findings={findings.filter((finding) => !finding.within.startsWith(`${shown.pointer}/inputs/`))}>
      <div className="nested" data-testid={`field${shown.pointer}`}>
        <select className="control" aria-label="Kind of the action" disabled={form.readOnly} value={kind} data-testid={`field${shown.pointer}/kind`} onChange={(event) => onChange(event.target.value === "" ? undefined : { ...action, kind: event.target.value })}>
          <option value="">No action</option>
          {kinds.map((other) => (
            <option key={other.kind} value={other.kind}>
              {specName(other)}
            </option>
          ))}
          {kind !== "" && !kinds.some((other) => other.kind === kind) && <option value={kind}>{kind} (not offered)</option>}
        </select>
        <FormProvider value={inner}>
          {known.map(([name, input]) => (
            <SchemaField
              key={`${kind}/${name}`}
              schema={input.type ?? {}}
              root={input.type ?? {}}
              path={[...path, "inputs", name]}
              name={name}
              value={Object.hasOwn(inputs, name) ? inputs[name] : undefined}
              required={input.required === true && input.type?.default === undefined}
              fieldType={input.fieldType}
              depth={1}
              onChange={(next) => onChange(setAt(action, ["inputs", name], next))}
            />
          ))}
        </FormProvider>
      </div>
    </Field>
  );
}
