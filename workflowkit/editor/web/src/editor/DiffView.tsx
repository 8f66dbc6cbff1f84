import { useCallback, useMemo, useState } from "react";
import { Canvas } from "../graph/Canvas";
import type { Catalog } from "../model/catalog";
import { diffDocs, type DiffLine, diffLines, isEmptyDiff, mergeDocs } from "../model/diff";
import type { Doc } from "../model/document";

const names: Record<DiffLine["sign"], string> = { "+": "added", "-": "removed", "~": "changed", " ": "detail" };

/** The server's text has a sign at the start of each line, and details of a change on indented lines below it. */
function readLine(line: string): DiffLine {
  const sign = line.charAt(0);
  return sign === "+" || sign === "-" || sign === "~" ? { sign, text: line.slice(1).trimStart() } : { sign: " ", text: line.trimStart() };
}

/** DiffView shows how two states of a workflow differ: as one graph with colours, and as text. */
export function DiffView({ before, after, catalog, trigger, text, label }: { before: Doc; after: Doc; catalog: Catalog; trigger: string; text?: string; label: string }) {
  const diff = useMemo(() => diffDocs(before, after), [before, after]);
  const merged = useMemo(() => mergeDocs(after, diff), [after, diff]);
  const [selection, setSelection] = useState<readonly string[]>([]);
  const onSelect = useCallback((on: readonly string[]) => setSelection(on), []);
  const lines = text === undefined ? diffLines(diff) : text.split("\n").filter(Boolean).map(readLine);
  return (
    <div className="diff">
      <div className="diff-graph" data-testid="diff-graph">
        <Canvas doc={merged.doc} catalog={catalog} trigger={trigger} label={label} selection={selection} onSelect={onSelect} marks={merged.marks} overview={false} />
        <ul className="legend" aria-label="Colours">
          <li className="legend-added">added</li>
          <li className="legend-removed">removed</li>
          <li className="legend-changed">changed</li>
        </ul>
      </div>
      <div className="diff-text" role="region" aria-label="Changes as text" tabIndex={0} data-testid="diff-text">
        {isEmptyDiff(diff) && lines.length === 0 ? (
          <p className="empty-note">There is no difference.</p>
        ) : (
          lines.map((line, i) => (
            <div key={i} className={`diff-line diff-${names[line.sign]}`}>
              <span aria-hidden="true">{line.sign}</span>
              {line.sign !== " " && <span className="sr-only">{names[line.sign]}</span>}
              <span>{line.text}</span>
            </div>
          ))
        )}
      </div>
    </div>
  );
}
