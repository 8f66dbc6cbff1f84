import type { ReactNode } from "react";
import type { Finding } from "../model/problems";
import { Icon } from "../ui/Icon";

interface Props {
  ids: { control: string; label: string; help: string; errors: string };
  label: string;
  required?: boolean;
  help?: string;
  note?: string;
  findings?: readonly Finding[];
  error?: string;
  tools?: ReactNode;
  /** Groups, such as lists, are named by their label without being one control. */
  group?: boolean;
  children: ReactNode;
}

/** Field is a label, a control, its description and its findings. */
export function Field({ ids, label, required, help, note, findings = [], error, tools, group, children }: Props) {
  const bad = error !== undefined || findings.some((finding) => finding.severity === "error");
  const title = (
    <>
      {label}
      {required && (
        <span className="required" title="required">
          <span aria-hidden="true"> *</span>
          <span className="sr-only"> (required)</span>
        </span>
      )}
    </>
  );
  const body = (
    <>
      <div className="field-head">
        {group ? (
          <span className="field-label" id={ids.label}>
            {title}
          </span>
        ) : (
          <label className="field-label" id={ids.label} htmlFor={ids.control}>
            {title}
          </label>
        )}
        {note && <span className="field-note">{note}</span>}
        <span className="field-tools">{tools}</span>
      </div>
      {children}
      {help && (
        <p className="field-help" id={ids.help}>
          {help}
        </p>
      )}
      <FieldErrors id={ids.errors} findings={findings} error={error} />
    </>
  );
  const name = bad ? "field field-bad" : "field";
  return group ? (
    <div className={name} role="group" aria-labelledby={ids.label}>
      {body}
    </div>
  ) : (
    <div className={name}>{body}</div>
  );
}

export function FieldErrors({ id, findings, error }: { id: string; findings: readonly Finding[]; error?: string }) {
  if (error === undefined && findings.length === 0) return null;
  return (
    <ul className="field-errors" id={id}>
      {error !== undefined && (
        <li className="error">
          <Icon name="error" size={14} /> {error}
        </li>
      )}
      {findings.map((finding) => (
        <li key={finding.key} className={finding.severity} data-testid="field-finding">
          <Icon name={finding.severity} size={14} />
          <span>
            <span className="sentence">{finding.message}</span>
            {finding.hint && <span className="hint sentence">{finding.hint}</span>}
          </span>
        </li>
      ))}
    </ul>
  );
}

/** describedBy links a control to its description and findings, as far as there are any. */
export function describedBy(ids: Props["ids"], help: string | undefined, errors: boolean): string | undefined {
  return [help && ids.help, errors && ids.errors].filter(Boolean).join(" ") || undefined;
}
