import { Dialog } from "../ui/Dialog";
import { ActionPicker } from "./ActionPicker";
import { useEditor } from "./context";

/** PickerDialog asks which action to add at a place that is already known. */
export function PickerDialog({ title, onPick, onClose }: { title: string; onPick: (kind: string) => void; onClose: () => void }) {
  const { catalog } = useEditor();
  return (
    <Dialog title={title} onClose={onClose} testid="add-dialog">
      <ActionPicker catalog={catalog} onPick={onPick} autoFocus />
    </Dialog>
  );
}
