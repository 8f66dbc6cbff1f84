import { sourceID } from "../model/document";
import { ghostID } from "../model/index";
import type { ReactNode } from "react";
import { ActionPanel } from "./ActionPanel";
import { useEditor } from "./context";
import { EdgePanel } from "./EdgePanel";
import { GhostPanel } from "./GhostPanel";
import { ManyPanel } from "./ManyPanel";
import { SourcePanel } from "./SourcePanel";

/** Inspector shows what is selected. With nothing selected it shows the workflow itself. */
export function Inspector({ result, onClose }: { result?: (uid: string) => ReactNode; onClose?: () => void }) {
  const { index, selection } = useEditor();
  const [uid, ...more] = selection;
  if (more.length > 0) return <ManyPanel onClose={onClose} />;
  const node = uid === undefined ? undefined : index.byUid.get(uid);
  const link = uid === undefined ? undefined : index.linkByUid.get(uid);
  if (node) return <ActionPanel key={node.uid} node={node} result={result?.(node.uid)} onClose={onClose} />;
  if (link) return <EdgePanel key={link.uid} link={link} result={result?.(link.uid)} onClose={onClose} />;
  if (uid !== undefined && ghostID(uid) !== undefined) return <GhostPanel uid={uid} onClose={onClose} />;
  return <SourcePanel trigger={uid === sourceID} onClose={onClose} />;
}
