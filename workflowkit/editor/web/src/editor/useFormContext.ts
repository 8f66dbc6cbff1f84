import { useMemo } from "react";
import type { FormContext } from "../forms/context";
import { outputSchema, specName } from "../model/catalog";
import { type ActionNode, type Link, nodeTitle } from "../model/index";
import { actionSources, eventSource, outputSource } from "../model/scope";
import { sourceID } from "../model/document";
import { useEditor } from "./context";

/** useFormContext says where the refs of an action, or of an edge's condition, can look. */
export function useFormContext(entry: ActionNode | Link): FormContext {
  const { catalog, index, findings, scopes, sampleEvent, readOnly, dispatch } = useEditor();
  const link = "from" in entry ? entry : undefined;
  const id = link ? link.view.from : (entry as ActionNode).view.id;
  const scope = id === undefined ? undefined : scopes[id];
  return useMemo((): FormContext => {
    const titleOf = (of: string) => {
      const node = index.byUid.get(index.uidOfId.get(of) ?? "");
      const spec = catalog.get(node?.view.kind);
      return node && nodeTitle(node, spec && specName(spec));
    };
    const sure = scope?.sure ?? [];
    const sources = [eventSource(sampleEvent), ...actionSources(index, catalog, link && id !== undefined && id !== sourceID && !sure.includes(id) ? [id, ...sure] : sure)];
    if (link && id !== undefined && id !== sourceID) {
      const spec = catalog.get(index.byUid.get(link.from)?.view.kind);
      sources.unshift(outputSource(titleOf(id) ?? id, outputSchema(spec)));
    }
    return {
      uid: entry.uid,
      readOnly,
      findings: findings.filter((finding) => finding.uid === entry.uid),
      sources,
      titleOf,
      unfinished: (pointer, message) => dispatch({ type: "unfinished", key: entry.uid + pointer, message }),
    };
  }, [catalog, index, findings, scope, sampleEvent, readOnly, dispatch, entry.uid, link, id]);
}
