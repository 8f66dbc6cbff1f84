import { type Dispatch, useCallback, useRef, useState } from "react";
import { ApiError } from "../api/client";
import type { Version, Workflow } from "../api/types";
import { useApp } from "../app/context";
import { type Doc, storeDoc } from "../model/document";
import type { EditorAction, EditorState } from "../model/editor";
import { countText, type Problem } from "../model/problems";
import { useAnnouncer } from "../ui/Announcer";

export interface Conflict {
  mine: Doc;
  theirs: Version;
  note: string;
}

interface Options {
  workflow: Workflow;
  state: EditorState;
  dispatch: Dispatch<EditorAction>;
  onWorkflow: (workflow: Workflow) => void;
  onProblems: (doc: Doc, problems: Problem[]) => void;
  onRefused: () => void;
}

/** useSave saves versions, and publishes them. A version of somebody else's in between is a conflict, for the author to judge. */
export function useSave({ workflow, state, dispatch, onWorkflow, onProblems, onRefused }: Options) {
  const { api } = useApp();
  const { notify } = useAnnouncer();
  const [busy, setBusy] = useState<"save" | "publish">();
  const [conflict, setConflict] = useState<Conflict>();
  const working = useRef(false);

  const save = useCallback(
    async (note = "", base = state.base): Promise<Version | undefined> => {
      if (working.current) return undefined;
      const unfinished = Object.values(state.unfinished)[0];
      if (unfinished !== undefined) {
        notify(`Not saved: a field is not finished. ${unfinished}`, "bad");
        return undefined;
      }
      const doc = state.history.doc;
      working.current = true;
      setBusy("save");
      try {
        // Asked first, a conflict or a mistake is an answer, and no failed request.
        const [{ problems: known }, stored] = await Promise.all([api.validate(storeDoc(doc)), api.workflow(workflow.id)]);
        if (known?.some((problem) => problem.severity === "error")) throw new ApiError(422, "invalid", "", known);
        if (stored.draft && stored.draft.number !== base) throw new ApiError(409, "conflict", "", [], stored.draft);
        const { version, problems } = await api.save(workflow.id, base, storeDoc(doc), note);
        dispatch({ type: "saved", doc, version: version.number });
        onWorkflow({ ...workflow, draft: { ...version, definition: storeDoc(doc) } });
        onProblems(doc, problems ?? []);
        setConflict(undefined);
        notify(`Saved as version ${version.number}.`, "good");
        return version;
      } catch (error) {
        if (error instanceof ApiError && error.code === "conflict" && error.current) setConflict({ mine: doc, theirs: error.current, note });
        else if (error instanceof ApiError && error.code === "invalid") {
          onProblems(doc, error.problems);
          onRefused();
          const errors = error.problems.filter((problem) => problem.severity === "error");
          notify(`Not saved: ${countText(errors)}, for instance: ${errors[0]?.message ?? error.message}.`, "bad");
        } else notify(`Not saved: ${error instanceof Error ? error.message : String(error)}`, "bad");
        return undefined;
      } finally {
        working.current = false;
        setBusy(undefined);
      }
    },
    [api, workflow, state, dispatch, onWorkflow, onProblems, onRefused, notify],
  );

  const publish = useCallback(
    async (number: number) => {
      setBusy("publish");
      try {
        onWorkflow(await api.publish(workflow.id, number));
        notify(`Version ${number} is published: new runs use it.`, "good");
      } catch (error) {
        notify(`Not published: ${error instanceof Error ? error.message : String(error)}`, "bad");
      } finally {
        setBusy(undefined);
      }
    },
    [api, workflow.id, onWorkflow, notify],
  );

  return { save, publish, busy, conflict, setConflict };
}
