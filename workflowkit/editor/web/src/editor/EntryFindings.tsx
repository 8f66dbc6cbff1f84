import { Icon } from "../ui/Icon";
import { useEditor } from "./context";

/** EntryFindings are the findings about an action or an edge that belong to no field of its form. */
export function EntryFindings({ uid, except }: { uid: string; except: readonly string[] }) {
  const { findings } = useEditor();
  const mine = findings.filter((finding) => finding.uid === uid && !except.some((prefix) => finding.within.startsWith(prefix)));
  if (mine.length === 0) return null;
  return (
    <ul className="findings" aria-label="Problems here">
      {mine.map((finding) => (
        <li key={finding.key} className={finding.severity} data-testid="entry-finding">
          <Icon name={finding.severity} size={14} />
          <span>
            <span className="sentence">{finding.message}</span>
            {finding.hint && <span className="hint sentence">{finding.hint}</span>}
          </span>
        </li>
      ))}
    </ul>
  );
}
