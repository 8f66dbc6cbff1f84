import { useId } from "react";
import type { Json, JsonObject } from "../model/json";
import { FieldErrors } from "./Field";
import { useJsonDraft } from "./JsonField";
import { TextControl } from "./TextControl";

interface Props {
  label: string;
  value: Json | undefined;
  onChange: (value: Json) => void;
  check?: (value: Json) => string | undefined;
  testid?: string;
}

/** JsonText is JSON that is checked as it is typed, outside of the form of an action. An empty text is null. */
export function JsonText({ label, value, onChange, check, testid }: Props) {
  const id = useId();
  const draft = useJsonDraft(id, value, (next) => onChange(next ?? null));
  const error = draft.error ?? (value === undefined ? undefined : check?.(value));
  return (
    <>
      <TextControl id={id} label={label} value={draft.text} long mono rows={6} invalid={error !== undefined} describedBy={error && `${id}e`} testid={testid} onChange={draft.set} />
      <FieldErrors id={`${id}e`} findings={[]} error={error} />
    </>
  );
}

export function jsonOrUndefined(object: JsonObject, name: string): Json | undefined {
  return Object.hasOwn(object, name) ? object[name] : undefined;
}

