import { type KeyboardEvent, useEffect, useId, useMemo, useRef, useState } from "react";
import { CardIcon } from "../graph/Card";
import { kindMime } from "../graph/Canvas";
import { kindIcon } from "../graph/kinds";
import { type Catalog, type Spec, specName } from "../model/catalog";

interface Props {
  catalog: Catalog;
  onPick: (kind: string) => void;
  autoFocus?: boolean;
  draggable?: boolean;
}

/** ActionPicker is the searchable palette: a text to search with, and a list that the arrow keys walk through. */
export function ActionPicker({ catalog, onPick, autoFocus, draggable }: Props) {
  const [query, setQuery] = useState("");
  const [at, setAt] = useState(0);
  const id = useId();
  const list = useRef<HTMLDivElement>(null);
  const groups = useMemo(() => grouped(catalog, query), [catalog, query]);
  const flat = groups.flatMap((group) => group.specs);
  const active = Math.min(at, flat.length - 1);
  useEffect(() => {
    // In newer browsers this returns a promise, which is no clean-up.
    list.current?.querySelector(".picked")?.scrollIntoView({ block: "nearest" });
  }, [active]);
  const onKey = (event: KeyboardEvent) => {
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      setAt((active + (event.key === "ArrowDown" ? 1 : flat.length - 1)) % Math.max(flat.length, 1));
    } else if (event.key === "Enter" && flat[active]) {
      event.preventDefault();
      onPick(flat[active].kind);
    }
  };
  return (
    <div className="picker">
      <input
        className="control"
        type="search"
        role="combobox"
        aria-label="Search actions"
        aria-expanded="true"
        aria-controls={id}
        aria-activedescendant={flat[active] ? `${id}-${active}` : undefined}
        placeholder="Search actions"
        data-testid="palette-search"
        value={query}
        autoFocus={autoFocus}
        onKeyDown={onKey}
        onChange={(event) => {
          setQuery(event.target.value);
          setAt(0);
        }}
      />
      <div className="picker-list" role="listbox" id={id} aria-label="Actions" ref={list}>
        {groups.map((group) => (
          <div key={group.title} role="group" aria-label={group.title}>
            <div className="picker-group" aria-hidden="true">
              {group.title}
            </div>
            {group.specs.map((spec) => {
              const i = flat.indexOf(spec);
              return (
                <div
                  key={spec.kind}
                  id={`${id}-${i}`}
                  role="option"
                  aria-selected={i === active}
                  className={i === active ? "picker-item picked" : "picker-item"}
                  data-testid={`palette-${spec.kind}`}
                  draggable={draggable}
                  title={draggable ? "Click to add, or drag onto the graph" : undefined}
                  onDragStart={(event) => {
                    event.dataTransfer.setData(kindMime, spec.kind);
                    event.dataTransfer.effectAllowed = "copy";
                  }}
                  onClick={() => onPick(spec.kind)}
                >
                  <CardIcon icon={kindIcon(spec, spec.kind)} />
                  <div className="picker-text">
                    <div className="picker-name">{specName(spec)}</div>
                    {spec.description && <div className="picker-about">{spec.description}</div>}
                  </div>
                </div>
              );
            })}
          </div>
        ))}
      </div>
      {flat.length === 0 && <p className="empty-note">{query ? `No action matches “${query}”.` : "There are no actions yet. Register some with the engine."}</p>}
    </div>
  );
}

function grouped(catalog: Catalog, query: string): { title: string; specs: Spec[] }[] {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  const fits = (spec: Spec) => {
    const text = `${specName(spec)} ${spec.description ?? ""} ${spec.kind}`.toLowerCase();
    return words.every((word) => text.includes(word));
  };
  const builtin = (spec: Spec) => spec.kind.startsWith("builtin:");
  return [
    { title: "Actions", specs: catalog.specs.filter((spec) => !builtin(spec) && fits(spec)) },
    { title: "Flow", specs: catalog.specs.filter((spec) => builtin(spec) && fits(spec)) },
  ].filter((group) => group.specs.length > 0);
}
