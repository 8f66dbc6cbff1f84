import { useEffect, useRef, useState } from "react";
import { type Json, sameJson } from "../model/json";
import { useForm } from "./context";

interface Draft {
  text: string;
  error: string | undefined;
  set: (text: string) => void;
}

/**
 * useDraft keeps a text that stands for a value. While the text cannot be read as one, the document keeps the value before,
 * and the form knows that something is unfinished.
 */
export function useDraft(pointer: string, value: Json | undefined, format: (value: Json | undefined) => string, read: (text: string) => Json | undefined, onChange: (value: Json | undefined) => void): Draft {
  const { unfinished } = useForm();
  const [text, setText] = useState(() => format(value));
  const [error, setError] = useState<string>();
  const known = useRef(value);
  const report = useRef(unfinished);
  report.current = unfinished;
  if (!sameJson(known.current, value)) {
    known.current = value;
    setText(format(value));
    setError(undefined);
  }
  useEffect(() => report.current(pointer, error), [pointer, error]);
  useEffect(() => () => report.current(pointer, undefined), [pointer]);
  const set = (next: string) => {
    setText(next);
    try {
      const parsed = read(next);
      known.current = parsed;
      setError(undefined);
      if (!sameJson(parsed, value)) onChange(parsed);
    } catch (problem) {
      setError(problem instanceof Error ? problem.message : String(problem));
    }
  };
  return { text, error, set };
}

const numeric = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;

/** numberText turns what a person has typed into the text of a JSON number. It throws if it is none. */
export function numberText(text: string, whole: boolean): string {
  const plain = text.trim().replace(",", ".");
  if (!numeric.test(plain)) throw new Error(`“${text.trim()}” is not a number.`);
  const json = plain.replace(/^\+/, "").replace(/^(-?)\./, "$10.").replace(/^(-?)0+(?=\d)/, "$1").replace(/\.(?=$|[eE])/, "");
  if (whole && !/^-?\d+$/.test(json)) throw new Error(`“${text.trim()}” is not a whole number.`);
  return json;
}

/** jsonError says where JSON text goes wrong, in lines and columns. */
export function jsonError(text: string, error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  const at = /position (\d+)/.exec(message);
  if (text.trim() === "") return "This is not JSON yet: write a value.";
  if (!at || at[1] === undefined) return `This is not JSON: ${message}`;
  const before = text.slice(0, Number(at[1])).split("\n");
  return `This is not JSON: line ${before.length}, column ${(before.at(-1) ?? "").length + 1}: ${message.replace(/ in JSON at position.*$/, "")}.`;
}
