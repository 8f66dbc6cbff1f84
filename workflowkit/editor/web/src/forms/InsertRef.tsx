import { useState } from "react";
import { IconButton } from "../ui/Button";
import { RefPicker } from "./RefPicker";

/** InsertRef opens the picker of refs for a field. */
export function InsertRef({ label, onPick }: { label: string; onPick: (path: string) => void }) {
  const [open, setOpen] = useState(false);
  return (
    <>
      <IconButton small icon="braces" label={`Insert data into ${label}`} data-testid="insert-ref" onClick={() => setOpen(true)} />
      {open && (
        <RefPicker
          onClose={() => setOpen(false)}
          onPick={(path) => {
            setOpen(false);
            onPick(path);
          }}
        />
      )}
    </>
  );
}
