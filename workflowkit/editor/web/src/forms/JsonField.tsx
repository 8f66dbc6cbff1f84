import { isNumber, isObject, type Json, kindOf, parseJson, stringifyJson } from "../model/json";
import { makeRef } from "../model/refs";
import type { Finding } from "../model/problems";
import { typeLabel } from "../model/schema";
import { useFieldIds, useForm } from "./context";
import { jsonError, useDraft } from "./drafts";
import { describedBy, Field } from "./Field";
import { InsertRef } from "./InsertRef";
import type { FieldProps, Shown } from "./SchemaField";
import { TextControl } from "./TextControl";

type Props = FieldProps & { shown: Shown; findings: readonly Finding[]; unexpected?: boolean };

/** JsonField is a value as JSON, which is checked while it is typed. */
export function JsonField({ shown, schema, value, onChange, required, findings, tools, unexpected }: Props) {
  const ids = useFieldIds();
  const { readOnly } = useForm();
  const draft = useJsonDraft(shown.pointer, value, onChange);
  const convert = unexpected && !readOnly ? converted(value, typeLabel(schema)) : undefined;
  return (
    <Field
      ids={ids}
      label={shown.label}
      required={required}
      help={shown.help}
      note={unexpected ? `${kindOf(value)} where ${typeLabel(schema)} is expected` : "JSON"}
      findings={findings}
      error={draft.error}
      tools={
        <>
          {!readOnly && <InsertRef label={shown.label} onPick={(path) => onChange(makeRef(path))} />}
          {tools}
        </>
      }
    >
      <TextControl
        id={ids.control}
        value={draft.text}
        long
        mono
        readOnly={readOnly}
        required={required}
        placeholder={schema.default === undefined ? undefined : stringifyJson(schema.default)}
        invalid={draft.error !== undefined || findings.some((finding) => finding.severity === "error")}
        describedBy={describedBy(ids, shown.help, draft.error !== undefined || findings.length > 0)}
        testid={`field${shown.pointer}`}
        onChange={draft.set}
      />
      {unexpected && !readOnly && (
        <p className="field-repair">
          {convert !== undefined && (
            <button type="button" className="link" onClick={() => onChange(convert)}>
              Make it {stringifyJson(convert).slice(0, 60)}
            </button>
          )}
          <button type="button" className="link" onClick={() => onChange(undefined)}>
            Remove it
          </button>
        </p>
      )}
    </Field>
  );
}

/** useJsonDraft edits a value as JSON text. An empty text is no value. */
export function useJsonDraft(pointer: string, value: Json | undefined, onChange: (value: Json | undefined) => void) {
  return useDraft(
    pointer,
    value,
    (v) => (v === undefined ? "" : stringifyJson(v, 2)),
    (text) => {
      if (text.trim() === "") return undefined;
      try {
        return parseJson(text);
      } catch (error) {
        throw new Error(jsonError(text, error));
      }
    },
    onChange,
  );
}

/** The value in the expected type, where that is obvious: the TypeScript editor has stored numbers and objects as texts. */
function converted(value: Json | undefined, type: string): Json | undefined {
  if (typeof value !== "string") return type === "text" && (isNumber(value) || typeof value === "boolean") ? String(value) : undefined;
  try {
    const parsed = parseJson(value);
    const fits = { number: isNumber(parsed), "whole number": isNumber(parsed), "yes or no": typeof parsed === "boolean", list: Array.isArray(parsed), object: isObject(parsed) }[type];
    return fits ? parsed : undefined;
  } catch {
    return undefined;
  }
}
