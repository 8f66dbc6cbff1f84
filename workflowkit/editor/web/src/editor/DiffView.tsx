import { useCallback, useMemo, useState } from "react";
import { Canvas } from "../graph/Canvas";
import type { Catalog } from "../model/catalog";
import { diffDocs, diffLines, isEmptyDiff, mergeDocs } from "../model/diff";
import type { Doc } from "../model/document";

/** DiffView shows how two states of a workflow differ: as one graph with colours, and as text. */
export function DiffView({ before, after, catalog, trigger, text, label }: { before: Doc; after: Doc; catalog: Catalog; trigger: string; text?: string; label: string }) {
  const diff = useMemo(() => diffDocs(before, after), [before, after]);
  const merged = useMemo(() => mergeDocs(after, diff), [after, diff]);
  const [selection, setSelection] = useState<readonly string[]>([]);
  const onSelect = useCallback((on: readonly string[]) => setSelection(on), []);
  const lines = text === undefined ? diffLines(diff) : text.split("\n").filter(Boolean).map((line) => ({ sign: line.charAt(0), text: line.slice(1).trimStart() }));
  return (
    <div className="diff">
      <div className="diff-graph" data-testid="diff-graph">
        <Canvas doc={merged.doc} catalog={catalog} trigger={trigger} label={label} selection={selection} onSelect={onSelect} marks={merged.marks} />
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
            <div key={i} className={`diff-line diff-${line.sign === "+" ? "added" : line.sign === "-" ? "removed" : line.sign === "~" ? "changed" : "same"}`}>
              <span aria-hidden="true">{line.sign}</span>
              <span className="sr-only">{line.sign === "+" ? "added" : line.sign === "-" ? "removed" : "changed"}</span>
              <span>{line.text}</span>
            </div>
          ))
        )}
      </div>
    </div>
  );
}
