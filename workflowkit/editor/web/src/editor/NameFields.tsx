import { useFieldIds } from "../forms/context";
import { Field } from "../forms/Field";
import { TextControl } from "../forms/TextControl";
import { setField } from "../model/edit";
import { useEditor } from "./context";

/** NameFields are the name and the description of an action. */
export function NameFields({ uid, name, description, placeholder }: { uid: string; name: string | undefined; description: string | undefined; placeholder: string }) {
  const { edit, readOnly, dispatch } = useEditor();
  const ids = useFieldIds();
  const more = useFieldIds();
  const settle = () => dispatch({ type: "settle" });
  const set = (field: string) => (text: string) => edit(setField(uid, [field], text === "" ? undefined : text), `${uid}/${field}`);
  return (
    <section className="panel-section" aria-label="Name and description">
      <Field ids={ids} label="Name">
        <TextControl id={ids.control} value={name ?? ""} placeholder={placeholder} readOnly={readOnly} onBlur={settle} testid="action-name" onChange={set("name")} />
      </Field>
      <Field ids={more} label="Description">
        <TextControl id={more.control} value={description ?? ""} placeholder="What it is for" long rows={1} readOnly={readOnly} onBlur={settle} testid="action-description" onChange={set("description")} />
      </Field>
    </section>
  );
}
