import { type Ref, useLayoutEffect, useRef } from "react";

interface Props {
  id: string;
  value: string;
  onChange: (value: string) => void;
  onBlur?: () => void;
  long?: boolean;
  mono?: boolean;
  rows?: number;
  placeholder?: string;
  readOnly?: boolean;
  invalid?: boolean;
  describedBy?: string;
  label?: string;
  required?: boolean;
  inputMode?: "decimal" | "numeric";
  inputRef?: Ref<HTMLInputElement | HTMLTextAreaElement>;
  testid?: string;
}

/** TextControl is one line of text, or a text that grows with its content. */
export function TextControl({ id, value, onChange, onBlur, long, mono, rows = 3, placeholder, readOnly, invalid, describedBy, label, required, inputMode, inputRef, testid }: Props) {
  const own = useRef<HTMLTextAreaElement | null>(null);
  useLayoutEffect(() => {
    const area = own.current;
    if (!area) return;
    area.style.height = "auto";
    area.style.height = `${Math.min(area.scrollHeight + 2, 420)}px`;
  }, [value, long]);
  const shared = {
    id,
    value,
    placeholder,
    readOnly,
    onBlur,
    className: mono ? "control mono" : "control",
    spellCheck: mono ? false : undefined,
    "aria-invalid": invalid || undefined,
    "aria-describedby": describedBy,
    "aria-label": label,
    "aria-required": required || undefined,
    "data-testid": testid,
  };
  if (!long) return <input {...shared} ref={inputRef as Ref<HTMLInputElement>} type="text" autoComplete="off" inputMode={inputMode} onChange={(event) => onChange(event.target.value)} />;
  const setRef = (area: HTMLTextAreaElement | null) => {
    own.current = area;
    if (typeof inputRef === "function") inputRef(area);
    else if (inputRef) inputRef.current = area;
  };
  return <textarea {...shared} ref={setRef} rows={rows} onChange={(event) => onChange(event.target.value)} />;
}
