import { useApp } from "../app/context";
import { useLoad } from "../app/load";
import { Editor } from "../editor/Editor";
import { Header } from "./Header";
import { Failure, Loading } from "./Message";

/** EditorPage loads a workflow to edit it. */
export function EditorPage({ id }: { id: string }) {
  const { api } = useApp();
  const workflow = useLoad(`workflow ${id}`, () => api.workflow(id));
  return (
    <div className="page page-editor">
      <Header workflow={workflow.data ?? { id, name: "" }} page="editor" />
      {workflow.error && !workflow.data && <Failure error={workflow.error} what="The workflow" onRetry={workflow.reload} />}
      {!workflow.data && !workflow.error && <Loading what="the workflow" />}
      {workflow.data && <Editor key={workflow.data.id} workflow={workflow.data} onWorkflow={workflow.set} />}
    </div>
  );
}
