import { useRef, useState } from "react";
import { jsonError } from "../forms/drafts";
import { type Json, parseJson, stringifyJson } from "../model/json";
import { Button } from "../ui/Button";
import { Dialog } from "../ui/Dialog";

interface Props {
  title: string;
  lead: string;
  value?: Json;
  readOnly?: boolean;
  onApply: (value: Json) => void;
  onClose: () => void;
}

/** JsonDialog edits a whole definition as JSON, or takes one in from a file. */
export function JsonDialog({ title, lead, value, readOnly, onApply, onClose }: Props) {
  const [text, setText] = useState(() => (value === undefined ? "" : stringifyJson(value, 2)));
  const file = useRef<HTMLInputElement>(null);
  const read = parse(text);
  return (
    <Dialog
      title={title}
      onClose={onClose}
      wide
      testid="json-dialog"
      actions={
        <>
          <Button onClick={onClose}>{readOnly ? "Close" : "Cancel"}</Button>
          {!readOnly && (
            <Button look="primary" disabled={read.error !== undefined} data-testid="json-apply" onClick={() => read.value !== undefined && onApply(read.value)}>
              Apply
            </Button>
          )}
        </>
      }
    >
      <p className="dialog-lead">{lead}</p>
      {!readOnly && (
        <p>
          <Button small icon="upload" onClick={() => file.current?.click()}>
            Open a file
          </Button>
          <input ref={file} type="file" accept=".json,application/json" hidden data-testid="json-file" onChange={(event) => void event.target.files?.[0]?.text().then(setText)} />
        </p>
      )}
      <textarea className="control mono tall" aria-label="Definition as JSON" spellCheck={false} readOnly={readOnly} value={text} aria-invalid={(text !== "" && read.error !== undefined) || undefined} data-testid="json-text" onChange={(event) => setText(event.target.value)} />
      <p className="field-errors" role="status">
        {text !== "" && read.error}
      </p>
    </Dialog>
  );
}

function parse(text: string): { value?: Json; error?: string } {
  try {
    return { value: parseJson(text) };
  } catch (error) {
    return { error: jsonError(text, error) };
  }
}
