import { type Json, kindOf, stringifyJson } from "../model/json";
import { emptyDoc } from "../model/document";
import { Button } from "../ui/Button";
import { useEditor } from "./context";

/** Unreadable is shown for a stored definition that is no object: it cannot be drawn, but repaired. */
export function Unreadable({ value, onEdit }: { value: Json; onEdit: () => void }) {
  const { edit, readOnly } = useEditor();
  return (
    <div className="page-note" data-testid="unreadable">
      <h2>This definition cannot be drawn</h2>
      <p>A workflow is a JSON object, but a {kindOf(value)} is stored:</p>
      <pre tabIndex={0}>{stringifyJson(value, 2).slice(0, 2000)}</pre>
      {!readOnly && (
        <div className="row">
          <Button onClick={onEdit}>Repair it as JSON</Button>
          <Button look="primary" onClick={() => edit(() => ({ doc: { ...emptyDoc, root: { actions: [], edges: [] } }, select: [] }))}>
            Start afresh
          </Button>
        </div>
      )}
    </div>
  );
}
