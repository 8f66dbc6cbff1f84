import type { ReactNode } from "react";
import { isNumber, isObject, type Json } from "../model/json";
import { formatPointer, type Path } from "../model/pointer";
import { findingsAt } from "../model/problems";
import { wholeRef } from "../model/refs";
import { choiceLabel, fieldKind, isSecret, labelOf, resolve, type Schema, textOf, typeLabel } from "../model/schema";
import { AnyField } from "./AnyField";
import { BooleanField } from "./BooleanField";
import { ChoiceField } from "./ChoiceField";
import { useForm } from "./context";
import { JsonField } from "./JsonField";
import { ListField } from "./ListField";
import { MapField } from "./MapField";
import { NumberField } from "./NumberField";
import { ObjectField } from "./ObjectField";
import { RefField } from "./RefField";
import { TextField } from "./TextField";

export interface FieldProps {
  schema: Schema;
  /** The schema in which local $refs are looked up. */
  root: Schema;
  path: Path;
  name: string;
  value: Json | undefined;
  onChange: (value: Json | undefined) => void;
  required?: boolean;
  fieldType?: string;
  /** Buttons of the field around this one, such as "remove this item". */
  tools?: ReactNode;
  depth?: number;
}

/** Shown is what all fields say about themselves. */
export interface Shown {
  label: string;
  help?: string;
  note: string;
  pointer: string;
}

/** SchemaField is the field that a schema asks for, or a ref, which can stand in any field. */
export function SchemaField(props: FieldProps) {
  const { findings } = useForm();
  const schema = resolve(props.schema, props.root);
  const pointer = formatPointer(props.path);
  const fallback = schema.default === undefined ? undefined : `Default: ${choiceLabel(schema.default)}`;
  const shown: Shown = {
    label: labelOf(schema, props.name),
    help: [textOf(schema.description), isSecret(schema) ? "Secret: runs do not show it." : undefined].filter(Boolean).join(" ") || undefined,
    note: [typeLabel(schema), fallback].filter(Boolean).join(" · "),
    pointer,
  };
  const field = { ...props, schema, shown };
  if (wholeRef(props.value) !== undefined) return <RefField {...field} findings={findingsAt(findings, pointer, true)} />;
  const kind = (props.depth ?? 0) > 6 ? "json" : fieldKind(schema, props.fieldType);
  const fits = fitsKind(kind, props.value);
  if (!fits) return <JsonField {...field} findings={findingsAt(findings, pointer, true)} unexpected />;
  switch (kind) {
    case "text":
    case "textarea":
      return <TextField {...field} findings={findingsAt(findings, pointer, true)} long={kind === "textarea"} />;
    case "number":
      return <NumberField {...field} findings={findingsAt(findings, pointer, true)} />;
    case "boolean":
      return <BooleanField {...field} findings={findingsAt(findings, pointer, true)} />;
    case "choice":
      return <ChoiceField {...field} findings={findingsAt(findings, pointer, true)} />;
    case "list":
      return <ListField {...field} findings={findingsAt(findings, pointer, false)} />;
    case "object":
      return <ObjectField {...field} findings={findingsAt(findings, pointer, false)} />;
    case "map":
      return <MapField {...field} findings={findingsAt(findings, pointer, false)} />;
    case "any":
      return <AnyField {...field} findings={findingsAt(findings, pointer, true)} />;
    case "json":
      return <JsonField {...field} findings={findingsAt(findings, pointer, true)} />;
  }
}

/** A stored value of another type, as the TypeScript editor has written them, is shown as the JSON that it is. */
function fitsKind(kind: string, value: Json | undefined): boolean {
  if (value === undefined || value === null) return true;
  switch (kind) {
    case "text":
    case "textarea":
      return typeof value === "string";
    case "boolean":
      return typeof value === "boolean";
    case "number":
      return isNumber(value);
    case "list":
      return Array.isArray(value);
    case "object":
    case "map":
      return isObject(value);
    default:
      return true;
  }
}
