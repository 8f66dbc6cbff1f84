import { useEffect, useRef } from "react";
import { copyText, paste, readClipboard } from "../model/clipboard";
import { remove } from "../model/edit";
import { plural } from "../model/problems";
import { useAnnouncer } from "../ui/Announcer";
import type { EditorContext } from "./context";
import { isField } from "./useShortcuts";

/** useClipboard copies, cuts and pastes actions with the keys of the system, as JSON that can be read elsewhere. */
export function useClipboard(editor: EditorContext): void {
  const { notify } = useAnnouncer();
  const latest = useRef(editor);
  latest.current = editor;
  useEffect(() => {
    const elsewhere = (event: ClipboardEvent) => isField(event.target) || document.querySelector("dialog[open]") !== null;
    const onCopy = (event: ClipboardEvent) => {
      const { doc, selection, edit, readOnly } = latest.current;
      const picked = document.getSelection();
      if (elsewhere(event) || (picked && !picked.isCollapsed)) return;
      const text = copyText(doc, selection);
      if (text === undefined) return;
      event.clipboardData?.setData("text/plain", text);
      event.preventDefault();
      const count = plural(selection.length, "action");
      if (event.type === "cut" && !readOnly) edit(remove(selection));
      notify(event.type === "cut" && !readOnly ? `${count} cut.` : `${count} copied as JSON.`);
    };
    const onPaste = (event: ClipboardEvent) => {
      const { edit, readOnly } = latest.current;
      if (elsewhere(event) || readOnly) return;
      const part = readClipboard(event.clipboardData?.getData("text/plain") ?? "");
      event.preventDefault();
      if (!part) return notify("Nothing pasted: the clipboard holds no actions as JSON.", "bad");
      edit(paste(part));
      notify(`${plural(part.actions.length, "action")} pasted.`, "good");
    };
    document.addEventListener("copy", onCopy);
    document.addEventListener("cut", onCopy);
    document.addEventListener("paste", onPaste);
    return () => {
      document.removeEventListener("copy", onCopy);
      document.removeEventListener("cut", onCopy);
      document.removeEventListener("paste", onPaste);
    };
  }, [notify]);
}
