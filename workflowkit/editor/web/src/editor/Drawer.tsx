import { IconButton } from "../ui/Button";
import { Icon } from "../ui/Icon";
import { useEditor } from "./context";
import { DryRunPanel } from "./DryRunPanel";
import { ProblemsPanel } from "./ProblemsPanel";
import type { DryRun } from "./useDryRun";
import type { Open } from "./useOpen";

/** Drawer is below the graph: the list of problems, and the dry run. */
export function Drawer({ open, dry, error, summary }: { open: Open; dry: DryRun; error?: string; summary: string }) {
  const { findings, readOnly } = useEditor();
  const bad = error !== undefined || findings.some((finding) => finding.severity === "error");
  return (
    <section className={open.drawer ? "drawer open" : "drawer"} aria-label="Problems and dry run">
      <div className="drawer-tabs">
        <button type="button" className={`drawer-tab ${bad ? "error" : findings.length > 0 ? "warning" : "fine"}`} aria-expanded={open.drawer === "problems"} onClick={open.toggleProblems} data-testid="problems-tab">
          <Icon name={bad ? "error" : findings.length > 0 ? "warning" : "check"} />
          {error ? "Not checked" : summary}
        </button>
        {!readOnly && (
          <button type="button" className="drawer-tab" aria-expanded={open.drawer === "dry-run"} onClick={open.toggleDryRun}>
            <Icon name="play" />
            Dry run
          </button>
        )}
        <span className="grow" />
        {open.drawer && <IconButton small icon="close" label="Close" onClick={open.closeDrawer} />}
      </div>
      {open.drawer === "problems" && <ProblemsPanel error={error} />}
      {open.drawer === "dry-run" && <DryRunPanel dry={dry} />}
    </section>
  );
}
