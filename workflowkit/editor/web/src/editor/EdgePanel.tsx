import type { ReactNode } from "react";
import { FormProvider, useFieldIds } from "../forms/context";
import { Field } from "../forms/Field";
import { JsonField } from "../forms/JsonField";
import { AnyField } from "../forms/AnyField";
import { SchemaField } from "../forms/SchemaField";
import { TextControl } from "../forms/TextControl";
import { branchesOf, branchKey, freeKey, sameCondition, storeConditional } from "../model/branches";
import { specName } from "../model/catalog";
import { remove, setField } from "../model/edit";
import { sourceID } from "../model/document";
import { type Link, nodeTitle } from "../model/index";
import { isObject, type Json } from "../model/json";
import { findingsAt } from "../model/problems";
import { Button } from "../ui/Button";
import { useEditor } from "./context";
import { EntryFindings } from "./EntryFindings";
import { PanelHead } from "./PanelHead";
import { useFormContext } from "./useFormContext";

const refSchema = { type: "string", title: "What to look at", description: "A ref, such as !ref($.output.result): the output of the action before." };
const types = [
  { value: "", label: "Always" },
  { value: "if", label: "If it is true" },
  { value: "else", label: "Else: if it is not true" },
  { value: "match", label: "If it equals a value" },
  { value: "error", label: "If the action has failed" },
];

/** EdgePanel is everything about an edge: its name, and the condition under which it is taken. */
export function EdgePanel({ link, result, onClose }: { link: Link; result?: ReactNode; onClose?: () => void }) {
  const { index, catalog, edit, add, readOnly, dispatch, reveal } = useEditor();
  const ids = useFieldIds();
  const more = useFieldIds();
  const form = useFormContext(link);
  const title = (uid: string) => {
    const spec = catalog.get(index.byUid.get(uid)?.view.kind);
    return uid === sourceID ? "Trigger" : nodeTitle(index.byUid.get(uid), spec && specName(spec));
  };
  const spec = catalog.get(index.byUid.get(link.from)?.view.kind);
  const branches = branchesOf(spec).filter((branch) => branch.edge);
  const key = branchKey(spec, link.view);
  const cond = link.view.conditional;
  const raw = isObject(link.entry.raw) ? link.entry.raw : {};
  const known = cond === undefined ? raw.conditional === undefined || raw.conditional === null : types.some((type) => type.value === cond.type);
  const set = (path: string[], value: Json | undefined) => edit(setField(link.uid, path, value), `${link.uid}/${path.join("/")}`);
  const choose = (value: string) => {
    const branch = branches.find((b) => b.key === value);
    if (branch?.edge) {
      const before = branches.find((b) => b.key === key)?.edge?.name;
      set(["conditional"], branch.edge.conditional ? storeConditional(branch.edge.conditional) : undefined);
      if (!link.view.name || link.view.name === before) set(["name"], branch.edge.name);
      return;
    }
    if (value === "") return set(["conditional"], undefined);
    const ref = value === "error" ? undefined : (cond?.ref ?? "!ref($.output)");
    set(["conditional"], storeConditional({ type: value, ref, value: value === "match" ? (cond?.value ?? "") : undefined }, raw.conditional));
  };
  const chosen = key !== freeKey && branches.some((b) => b.key === key && sameCondition(b.edge?.conditional ?? undefined, cond)) ? key : (cond?.type ?? "");
  return (
    <>
      <PanelHead icon="link" title={link.view.name || "Edge"} note={`${title(link.from)} → ${title(link.to)}`} onClose={onClose} />
      <div className="panel-body">
        {result}
        <EntryFindings uid={link.uid} except={["/conditional/ref", "/conditional/value"]} />
        <section className="panel-section" aria-label="Condition">
          <Field ids={ids} label="When to take it">
            <select id={ids.control} className="control" disabled={readOnly} value={known ? chosen : "unknown"} data-testid="edge-condition" onChange={(event) => choose(event.target.value)}>
              {branches.length > 0 && (
                <optgroup label={`Ways out of ${title(link.from)}`}>
                  {branches.map((branch) => (
                    <option key={branch.key} value={branch.key}>
                      {branch.label}
                    </option>
                  ))}
                </optgroup>
              )}
              <optgroup label="Conditions">
                {types.filter((type) => type.value !== "error" || link.from !== sourceID || cond?.type === "error").map((type) => (
                  <option key={type.value} value={type.value}>
                    {type.label}
                  </option>
                ))}
                {!known && <option value="unknown">Unknown: {cond?.type ?? JSON.stringify(raw.conditional)}</option>}
              </optgroup>
            </select>
          </Field>
          <FormProvider value={form}>
            {cond && cond.type !== "error" && <SchemaField schema={refSchema} root={{}} path={["conditional", "ref"]} name="ref" required value={isObject(raw.conditional) ? raw.conditional.ref : undefined} onChange={(value) => set(["conditional", "ref"], value)} />}
            {cond?.type === "match" && (
              <AnyField schema={{}} root={{}} path={["conditional", "value"]} name="value" required shown={{ label: "The value", note: "", pointer: "/conditional/value", help: "Compared as JSON: 1 and “1” differ." }} findings={findingsAt(form.findings, "/conditional/value", true)} value={cond.value} onChange={(value) => set(["conditional", "value"], value ?? "")} />
            )}
            {!known && <JsonField schema={{}} root={{}} path={["conditional"]} name="conditional" shown={{ label: "The condition as it is stored", note: "", pointer: "/conditional" }} findings={findingsAt(form.findings, "/conditional", true)} value={raw.conditional} onChange={(value) => set(["conditional"], value)} />}
          </FormProvider>
          <Field ids={more} label="Name">
            <TextControl id={more.control} value={link.view.name ?? ""} placeholder="Shown at the edge" readOnly={readOnly} testid="edge-name" onBlur={() => dispatch({ type: "settle" })} onChange={(text) => set(["name"], text === "" ? undefined : text)} />
          </Field>
        </section>
        <section className="panel-section row wrap" aria-label="Edge">
          <Button small onClick={() => reveal(link.from, true)}>Go to {title(link.from)}</Button>
          <Button small onClick={() => reveal(link.to, true)}>Go to {title(link.to)}</Button>
          {!readOnly && (
            <>
              <Button small icon="plus" onClick={() => add({ on: link.uid })} data-testid="insert-on-edge">
                Insert an action
              </Button>
              <Button small look="danger" icon="trash" onClick={() => edit(remove([link.uid]))} data-testid="delete-edge">
                Delete
              </Button>
            </>
          )}
        </section>
      </div>
    </>
  );
}
