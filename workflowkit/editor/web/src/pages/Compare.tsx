import { useMemo } from "react";
import { useApp } from "../app/context";
import { useLoad } from "../app/load";
import { DiffView } from "../editor/DiffView";
import { parseDoc } from "../model/document";
import { Failure, Loading } from "./Message";

/** Compare shows how one version differs from another. */
export function Compare({ id, from, to, trigger }: { id: string; from: number; to: number; trigger: string }) {
  const { api, catalog } = useApp();
  const both = useLoad(`compare ${id} ${from} ${to}`, () => Promise.all([api.version(id, from), api.version(id, to), api.diff(id, from, to)]));
  const docs = useMemo(() => both.data && { before: parseDoc(both.data[0].definition), after: parseDoc(both.data[1].definition) }, [both.data]);
  return (
    <section className="compare" aria-labelledby="compare-title">
      <h3 id="compare-title" data-testid="compare-title">
        {from === to ? `Version ${to}` : `From version ${from} to version ${to}`}
      </h3>
      {both.error && !both.data && <Failure error={both.error} what="The versions" onRetry={both.reload} />}
      {!docs && !both.error && <Loading what="both versions" />}
      {docs && both.data && <DiffView before={docs.before} after={docs.after} catalog={catalog} trigger={trigger} text={both.data[2].text} label={`Differences between version ${from} and version ${to}`} />}
    </section>
  );
}
