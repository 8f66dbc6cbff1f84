import { specName } from "../model/catalog";
import { sourceID } from "../model/document";
import { nodeTitle } from "../model/index";
import type { Finding } from "../model/problems";
import { Icon } from "../ui/Icon";
import { useEditor } from "./context";

/** ProblemsPanel lists all findings. Each leads to what it is about. */
export function ProblemsPanel({ error }: { error?: string }) {
  const { findings, index, catalog, reveal } = useEditor();
  const about = (finding: Finding): string => {
    if (finding.uid === undefined) return "Workflow";
    const title = (uid: string) => {
      const node = index.byUid.get(uid);
      const spec = catalog.get(node?.view.kind);
      return uid === sourceID ? "Trigger" : nodeTitle(node, spec && specName(spec));
    };
    const link = index.linkByUid.get(finding.uid);
    return link ? `${title(link.from)} → ${title(link.to)}` : title(finding.uid);
  };
  const sorted = [...findings].sort((a, b) => Number(b.severity === "error") - Number(a.severity === "error"));
  return (
    <div className="problems" data-testid="problems">
      {error && (
        <p className="notice notice-error">
          The workflow could not be checked: {error}
        </p>
      )}
      {sorted.length === 0 && !error && <p className="empty-note">No problems: this workflow can run.</p>}
      <ul>
        {sorted.map((finding) => (
          <li key={finding.key}>
            <button type="button" className={`problem ${finding.severity}`} data-testid="problem" data-code={finding.code} onClick={() => finding.uid !== undefined && reveal(finding.uid)}>
              <Icon name={finding.severity} />
              <span className="problem-about">{about(finding)}</span>
              <span className="problem-text">
                <span className="sr-only">{finding.severity}: </span>
                <span className="sentence">{finding.message}</span>
                {finding.hint && <span className="hint sentence">{finding.hint}</span>}
              </span>
            </button>
          </li>
        ))}
      </ul>
    </div>
  );
}
