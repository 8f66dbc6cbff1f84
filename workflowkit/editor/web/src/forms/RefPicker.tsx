import { useState } from "react";
import { joinPath } from "../model/refs";
import type { RefSource } from "../model/scope";
import { Dialog } from "../ui/Dialog";
import { useForm } from "./context";

/** RefPicker offers what the event holds, and what those actions return that are sure to have run before. */
export function RefPicker({ onPick, onClose }: { onPick: (path: string) => void; onClose: () => void }) {
  const { sources } = useForm();
  const [query, setQuery] = useState("");
  const [own, setOwn] = useState("$.event.data.");
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  const shown = sources.map((source) => ({ source, leaves: source.leaves.filter((leaf) => matches(source, leaf.path.join(" ") + " " + (leaf.hint ?? ""), words)) }));
  const any = shown.some(({ source, leaves }) => leaves.length > 0 || matches(source, "", words));
  return (
    <Dialog title="Insert data" onClose={onClose} wide testid="ref-picker">
      <p className="dialog-lead">Choose a value. It is filled in when the workflow runs.</p>
      <input className="control" type="search" aria-label="Search data" placeholder="Search data" value={query} autoFocus onChange={(event) => setQuery(event.target.value)} />
      <div className="ref-sources">
        {shown.map(({ source, leaves }) =>
          leaves.length > 0 || matches(source, "", words) ? (
            <section key={source.key} aria-label={`${source.title}, ${source.note}`}>
              <h3>
                {source.title} <span className="muted">{source.note}</span>
              </h3>
              <ul className="ref-list">
                <li>
                  <button type="button" className="ref-item" data-path={source.path} onClick={() => onPick(source.path)}>
                    <span className="ref-name">Everything</span>
                    <span className="ref-hint">{source.path}</span>
                  </button>
                </li>
                {leaves.map((leaf) => {
                  const path = joinPath(source.path, leaf.path);
                  return (
                    <li key={path}>
                      <button type="button" className="ref-item" data-path={path} style={{ paddingInlineStart: 12 + (leaf.path.length - 1) * 16 }} onClick={() => onPick(path)}>
                        <span className="ref-name">{leaf.label}</span>
                        <span className="ref-hint">{leaf.hint}</span>
                        <span className="ref-type">{leaf.type}</span>
                      </button>
                    </li>
                  );
                })}
              </ul>
            </section>
          ) : null,
        )}
        {!any && <p className="empty-note">Nothing here matches “{query}”.</p>}
      </div>
      <form
        className="own-path"
        onSubmit={(event) => {
          event.preventDefault();
          onPick(own.trim());
        }}
      >
        <label htmlFor="own-path">Or a path of your own</label>
        <div className="row">
          <input id="own-path" className="control mono" value={own} onChange={(event) => setOwn(event.target.value)} />
          <button type="submit" className="button button-plain" disabled={!own.trim().startsWith("$")}>
            Insert
          </button>
        </div>
      </form>
    </Dialog>
  );
}

function matches(source: RefSource, text: string, words: string[]): boolean {
  const all = `${source.title} ${source.note} ${text}`.toLowerCase();
  return words.every((word) => all.includes(word));
}
