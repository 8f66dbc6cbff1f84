import { useState } from "react";
import { JsonText } from "../forms/JsonText";
import { SchemaField } from "../forms/SchemaField";
import { isObject, type Json } from "../model/json";
import type { Schema } from "../model/schema";

/** MockField is what an action shall return in a dry run: by a form, as JSON, or an error. */
export function MockField({ id, title, schema, value, onChange }: { id: string; title: string; schema: Schema | undefined; value: Json | undefined; onChange: (value: Json | undefined) => void }) {
  const failing = isObject(value) && typeof value.$error === "string";
  const [raw, setRaw] = useState(schema === undefined);
  const error = failing && typeof value.$error === "string" ? value.$error : "";
  return (
    <details className="mock" data-testid={`mock-${id}`}>
      <summary>
        <span>{title}</span> <span className="muted">{failing ? "fails" : value === undefined ? "returns nothing" : "mocked"}</span>
      </summary>
      <div className="row wrap">
        <label className="check">
          <input type="checkbox" checked={failing} onChange={(event) => onChange(event.target.checked ? { $error: "it failed" } : undefined)} /> Let it fail
        </label>
        {schema && !failing && (
          <button type="button" className="link" onClick={() => setRaw(!raw)}>
            {raw ? "Use the form" : "Edit as JSON"}
          </button>
        )}
      </div>
      {failing ? (
        <input className="control" aria-label={`Error of ${title}`} value={error} onChange={(event) => onChange({ $error: event.target.value })} />
      ) : raw || !schema ? (
        <JsonText label={`Output of ${title} as JSON`} value={value} onChange={onChange} testid={`mock-json-${id}`} />
      ) : (
        <SchemaField schema={{ ...schema, title: "Output" }} root={schema} path={[id]} name="Output" value={value} required onChange={onChange} />
      )}
    </details>
  );
}
