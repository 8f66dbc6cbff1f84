import { createContext, useContext, useId } from "react";
import type { Finding } from "../model/problems";
import type { RefSource } from "../model/scope";

/** FormContext is what all fields of a form share. */
export interface FormContext {
  /** The entry of the document that is edited. */
  uid: string;
  readOnly: boolean;
  findings: readonly Finding[];
  /** Where refs can look. */
  sources: readonly RefSource[];
  titleOf: (id: string) => string | undefined;
  /** Notes that a field's text is no value yet, so that it cannot be saved unnoticed. */
  unfinished: (pointer: string, message: string | undefined) => void;
}

const Context = createContext<FormContext>({ uid: "", readOnly: false, findings: [], sources: [], titleOf: () => undefined, unfinished: () => undefined });

export const FormProvider = Context;

export function useForm(): FormContext {
  return useContext(Context);
}

export function useFieldIds() {
  const id = useId();
  return { control: id, label: `${id}l`, help: `${id}h`, errors: `${id}e` };
}
