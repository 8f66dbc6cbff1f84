import type { Workflow } from "../api/types";
import { Button, IconButton } from "../ui/Button";
import { Menu, type MenuItem } from "../ui/Menu";

interface Props {
  workflow: Workflow;
  dirty: boolean;
  base: number;
  busy?: "save" | "publish";
  readOnly: boolean;
  canPublish: boolean;
  canUndo: boolean;
  canRedo: boolean;
  onUndo: () => void;
  onRedo: () => void;
  onAdd: () => void;
  onDryRun: () => void;
  onSave: () => void;
  onPublish: () => void;
  menu: (MenuItem | "line")[];
}

/** Toolbar is what can be done with the workflow as a whole. */
export function Toolbar(props: Props) {
  const { workflow, dirty, base, busy, readOnly } = props;
  const published = workflow.published?.number;
  const state = dirty ? "Unsaved changes" : base === 0 ? "Nothing saved yet" : published === base ? `Version ${base}, published` : `Version ${base}, a draft`;
  return (
    <section className="toolbar" aria-label="Workflow">
      <span className={dirty ? "state state-dirty" : "state"} data-testid="doc-state">
        {state}
      </span>
      {published !== undefined && published !== base && <span className="state hide-narrow">Version {published} is published</span>}
      <span className="grow" />
      {!readOnly && (
        <>
          <IconButton icon="undo" label="Undo" hint="Ctrl+Z" disabled={!props.canUndo} onClick={props.onUndo} data-testid="undo" />
          <IconButton icon="redo" label="Redo" hint="Ctrl+Shift+Z" disabled={!props.canRedo} onClick={props.onRedo} data-testid="redo" />
          <Button icon="plus" className="show-narrow" onClick={props.onAdd}>
            Add
          </Button>
          <Button icon="play" onClick={props.onDryRun} data-testid="open-dry-run">
            Dry run
          </Button>
          <Button look={dirty ? "primary" : "plain"} onClick={props.onSave} disabled={!dirty || busy !== undefined} data-testid="save" title="Save a new version (Ctrl+S)">
            {busy === "save" ? "Saving …" : "Save"}
          </Button>
        </>
      )}
      {props.canPublish && (
        <Button look={!dirty && base > 0 && published !== base ? "primary" : "plain"} onClick={props.onPublish} disabled={busy !== undefined || base === 0 || (!dirty && published === base)} data-testid="publish" title="Let new runs use this version">
          {busy === "publish" ? "Publishing …" : dirty ? "Save and publish" : "Publish"}
        </Button>
      )}
      <Menu icon="more" label="More" items={props.menu} testid="more" />
    </section>
  );
}
