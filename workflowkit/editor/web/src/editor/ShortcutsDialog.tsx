import { Dialog } from "../ui/Dialog";
import { otherKeys, type Shortcut } from "./useShortcuts";

/** ShortcutsDialog lists what the keyboard can do. */
export function ShortcutsDialog({ shortcuts, onClose }: { shortcuts: readonly Shortcut[]; onClose: () => void }) {
  return (
    <Dialog title="Keyboard shortcuts" onClose={onClose} wide testid="shortcuts">
      <p className="dialog-lead">On a Mac, the Command key does what Ctrl does.</p>
      <div role="region" aria-label="Keys" tabIndex={0}>
        <dl className="shortcuts">
        {[...otherKeys, ...shortcuts].map((shortcut) => (
          <div key={shortcut.keys}>
            <dt>
              {shortcut.keys.split(", ").map((keys) => (
                <kbd key={keys}>{keys}</kbd>
              ))}
            </dt>
            <dd>{shortcut.label}</dd>
          </div>
        ))}
      </dl>
      </div>
    </Dialog>
  );
}
