import { useMemo } from "react";
import { ConditionField } from "../forms/ConditionField";
import { type FormContext, FormProvider, useForm } from "../forms/context";
import { EachField, withItem } from "../forms/EachField";
import { type FieldProps, SchemaField } from "../forms/SchemaField";
import type { Spec } from "../model/catalog";
import { setField } from "../model/edit";
import type { ActionNode } from "../model/index";
import { isObject, type Json } from "../model/json";
import { getAt } from "../model/pointer";
import { findingsAt } from "../model/problems";
import { labelOf, textOf } from "../model/schema";
import { useEditor } from "./context";
import { useFormContext } from "./useFormContext";

const builtinIf = "builtin:if";
const builtinForEach = "builtin:for_each";

/** ActionForm configures an action: a field for each input of its kind, and JSON for inputs that the kind does not have. */
export function ActionForm({ node, spec }: { node: ActionNode; spec: Spec | undefined }) {
  const { edit, readOnly } = useEditor();
  const form = useFormContext(node);
  const inputs = node.view.inputs;
  const known = Object.entries(spec?.inputs ?? {});
  const object = isObject(inputs) ? inputs : {};
  const others = Object.keys(object).filter((name) => !known.some(([key]) => key === name));
  const set = (path: (string | number)[], value: Json | undefined) => edit(setField(node.uid, path, value), `${node.uid}/${path.join("/")}`);
  if (inputs !== undefined && inputs !== null && !isObject(inputs)) {
    return (
      <FormProvider value={form}>
        <SchemaField schema={{ type: "object", description: "The inputs of an action are an object." }} root={{}} path={["inputs"]} name="Inputs" value={inputs} onChange={(value) => set(["inputs"], value)} />
      </FormProvider>
    );
  }
  return (
    <FormProvider value={form}>
      {known.length === 0 && others.length === 0 && <p className="empty-note">{spec ? "There is nothing to configure." : "The kind of this action is not known here, so there is no form for it."}</p>}
      {known.map(([name, input]) => (
        <InputField
          key={name}
          kind={spec?.kind}
          schema={input.type ?? {}}
          root={input.type ?? {}}
          path={["inputs", name]}
          name={name}
          value={getAt(object, [name])}
          required={input.required === true && input.type?.default === undefined}
          fieldType={input.fieldType}
          onChange={(value) => set(["inputs", name], value)}
        />
      ))}
      {others.map((name) => (
        <SchemaField key={name} schema={spec ? { description: "The kind has no such input." } : {}} root={{}} path={["inputs", name]} name={name} value={object[name]} onChange={(value) => set(["inputs", name], value)} />
      ))}
      {!readOnly && !spec && <RawInputs node={node} form={form} />}
    </FormProvider>
  );
}

function InputField({ kind, ...props }: FieldProps & { kind: string | undefined }) {
  const { findings } = useFormFindings(props);
  const { catalog } = useEditor();
  const form = useForm();
  const shown = { label: labelOf(props.schema, props.name), help: textOf(props.schema.description), note: "", pointer: `/inputs/${props.name}` };
  if (kind === builtinIf && props.name === "condition") return <ConditionField {...props} required shown={shown} findings={findings} />;
  if (kind === builtinForEach && props.name === "action") return <EachField {...props} shown={shown} findings={findings} catalog={catalog} />;
  if (kind !== builtinForEach || props.name !== "data") return <SchemaField {...props} />;
  return (
    <FormProvider value={withItem(form)}>
      <SchemaField {...props} />
    </FormProvider>
  );
}

function useFormFindings(props: FieldProps) {
  const { findings, selection } = useEditor();
  const uid = selection[0];
  return useMemo(() => ({ findings: findingsAt(findings.filter((finding) => finding.uid === uid), `/inputs/${props.name}`, true) }), [findings, uid, props.name]);
}

/** Inputs of an unknown kind can be written as JSON only. */
function RawInputs({ node, form }: { node: ActionNode; form: FormContext }) {
  const { edit } = useEditor();
  return (
    <FormProvider value={form}>
      <SchemaField schema={{ type: "object", title: "All inputs" }} root={{}} path={["inputs"]} name="inputs" value={node.view.inputs} onChange={(value) => edit(setField(node.uid, ["inputs"], value), `${node.uid}/inputs`)} />
    </FormProvider>
  );
}
