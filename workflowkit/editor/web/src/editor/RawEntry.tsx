import { JsonField } from "../forms/JsonField";
import { remove, setField } from "../model/edit";
import type { Json } from "../model/json";
import { Button } from "../ui/Button";
import { useEditor } from "./context";

/** RawEntry is an action or an edge that is no object: it can be rewritten as JSON, or deleted. */
export function RawEntry({ uid, raw, what }: { uid: string; raw: Json; what: string }) {
  const { edit, readOnly } = useEditor();
  return (
    <section className="panel-section" aria-label="Repair">
      <JsonField
        schema={{}}
        root={{}}
        path={[]}
        name=""
        shown={{ label: `The ${what} as it is stored`, note: "", pointer: "", help: `This is no ${what}: a JSON object is expected.` }}
        findings={[]}
        value={raw}
        onChange={(value) => edit(setField(uid, [], value), uid)}
      />
      {!readOnly && (
        <Button small icon="trash" look="danger" onClick={() => edit(remove([uid]))}>
          Delete it
        </Button>
      )}
    </section>
  );
}
