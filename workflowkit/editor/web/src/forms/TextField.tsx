import { useRef } from "react";
import type { Finding } from "../model/problems";
import { makeRef, refLabel, splitRefs } from "../model/refs";
import { choiceLabel, isSecret } from "../model/schema";
import { useFieldIds, useForm } from "./context";
import { describedBy, Field } from "./Field";
import { InsertRef } from "./InsertRef";
import type { FieldProps, Shown } from "./SchemaField";
import { TextControl } from "./TextControl";

type Props = FieldProps & { shown: Shown; findings: readonly Finding[]; long?: boolean };

/** TextField is a text. Refs are inserted where the cursor stands, and listed below by the names of what they find. */
export function TextField({ shown, schema, value, onChange, required, findings, long, tools }: Props) {
  const ids = useFieldIds();
  const { readOnly, titleOf } = useForm();
  const input = useRef<HTMLInputElement | HTMLTextAreaElement>(null);
  const text = typeof value === "string" ? value : "";
  const refs = splitRefs(text).flatMap((part) => (part.path === undefined ? [] : [refLabel(part.path, titleOf)]));
  const insert = (path: string) => {
    const from = input.current?.selectionStart ?? text.length;
    const to = input.current?.selectionEnd ?? from;
    onChange(text.slice(0, from) + makeRef(path) + text.slice(to));
  };
  return (
    <Field
      ids={ids}
      label={shown.label}
      required={required}
      help={shown.help}
      note={isSecret(schema) ? "secret" : undefined}
      findings={findings}
      tools={
        <>
          {!readOnly && <InsertRef label={shown.label} onPick={insert} />}
          {tools}
        </>
      }
    >
      <TextControl
        id={ids.control}
        inputRef={input}
        value={text}
        long={long || text.includes("\n")}
        placeholder={schema.default === undefined ? undefined : choiceLabel(schema.default)}
        readOnly={readOnly}
        required={required}
        invalid={findings.some((finding) => finding.severity === "error")}
        describedBy={describedBy(ids, shown.help, findings.length > 0)}
        testid={`field${shown.pointer}`}
        onChange={(next) => onChange(next === "" ? undefined : next)}
      />
      {refs.length > 0 && <p className="field-refs">Uses {refs.join(", ")}</p>}
    </Field>
  );
}
