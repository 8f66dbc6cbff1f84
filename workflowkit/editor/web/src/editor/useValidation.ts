import { useEffect, useState } from "react";
import { useApp } from "../app/context";
import { type Doc, storeDoc } from "../model/document";
import { type Finding, locate } from "../model/problems";
import type { Scopes } from "../model/scope";

export interface Judgement {
  findings: readonly Finding[];
  scopes: Scopes;
  /** The document that was judged. */
  doc?: Doc;
  /** Why the server could not be asked. */
  error?: string;
}

const pause = 350;

/** useValidation asks the server what is wrong with the document, once the author has paused. */
export function useValidation(doc: Doc): [Judgement, (doc: Doc, problems: Parameters<typeof locate>[1]) => void] {
  const { api } = useApp();
  const [judgement, setJudgement] = useState<Judgement>({ findings: [], scopes: {} });
  const [turn, setTurn] = useState(0);
  useEffect(() => {
    const abort = new AbortController();
    let again: number | undefined;
    const timer = window.setTimeout(() => {
      api.validate(storeDoc(doc), abort.signal).then(
        ({ problems, scopes }) => setJudgement({ doc, findings: locate(doc, problems ?? []), scopes: scopes ?? {} }),
        (error: unknown) => {
          if (abort.signal.aborted) return;
          setJudgement((old) => ({ ...old, error: error instanceof Error ? error.message : String(error) }));
          again = window.setTimeout(() => setTurn((n) => n + 1), 5000);
        },
      );
    }, pause);
    return () => {
      window.clearTimeout(timer);
      window.clearTimeout(again);
      abort.abort();
    };
  }, [api, doc, turn]);
  return [judgement, (judged, problems) => setJudgement((old) => ({ ...old, doc: judged, findings: locate(judged, problems), error: undefined }))];
}
