import { useState } from "react";
import { Button } from "../ui/Button";
import { Dialog } from "../ui/Dialog";

/** NoteDialog asks what a version is about. */
export function NoteDialog({ onSave, onClose }: { onSave: (note: string) => void; onClose: () => void }) {
  const [note, setNote] = useState("");
  return (
    <Dialog title="Save with a note" onClose={onClose} testid="note-dialog">
      <form
        onSubmit={(event) => {
          event.preventDefault();
          onSave(note.trim());
        }}
      >
        <label className="field">
          <span className="field-label">What has changed?</span>
          <input className="control" value={note} autoFocus maxLength={500} data-testid="note" onChange={(event) => setNote(event.target.value)} />
        </label>
        <div className="dialog-actions">
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" look="primary">
            Save
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
