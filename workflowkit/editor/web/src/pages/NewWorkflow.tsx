import { useState } from "react";
import { useApp } from "../app/context";
import { useRouter } from "../app/router";
import { Button } from "../ui/Button";
import { Dialog } from "../ui/Dialog";

/** NewWorkflow asks for what a workflow needs before it can be drawn. */
export function NewWorkflow({ onClose }: { onClose: () => void }) {
  const { api } = useApp();
  const { go, href } = useRouter();
  const [draft, setDraft] = useState({ name: "", trigger: "", description: "" });
  const [error, setError] = useState("");
  const [busy, setBusy] = useState(false);
  const create = async () => {
    setBusy(true);
    setError("");
    try {
      const made = await api.create(draft);
      go(href({ page: "editor", id: made.id }));
    } catch (problem) {
      setError(problem instanceof Error ? problem.message : String(problem));
      setBusy(false);
    }
  };
  const field = (name: keyof typeof draft, label: string, help: string, required: boolean) => (
    <label className="field">
      <span className="field-label">
        {label}
        {required && (
          <span className="required" aria-hidden="true">
            {" "}
            *
          </span>
        )}
      </span>
      <input className="control" value={draft[name]} required={required} autoFocus={name === "name"} data-testid={`new-${name}`} onChange={(event) => setDraft({ ...draft, [name]: event.target.value })} />
      <span className="field-help">{help}</span>
    </label>
  );
  return (
    <Dialog title="New workflow" onClose={onClose} testid="new-dialog">
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void create();
        }}
      >
        {field("name", "Name", "What people call it.", true)}
        {field("trigger", "Event that starts it", "Such as blog-post.updated. It can be set later.", false)}
        {field("description", "Description", "What it is for.", false)}
        {error && (
          <p className="notice notice-error" role="alert">
            {error}
          </p>
        )}
        <div className="dialog-actions">
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" look="primary" disabled={busy || draft.name.trim() === ""} data-testid="create">
            Create
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
