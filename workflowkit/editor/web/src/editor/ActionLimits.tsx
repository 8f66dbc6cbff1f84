import { FormProvider } from "../forms/context";
import { SchemaField } from "../forms/SchemaField";
import { setField } from "../model/edit";
import type { ActionNode } from "../model/index";
import { isObject } from "../model/json";
import { useEditor } from "./context";
import { useFormContext } from "./useFormContext";

const retries = { type: "integer", minimum: 0, title: "Retries", description: "How often a failed attempt is tried again. Empty means as often as the application has set." };
const timeout = { type: "string", title: "Timeout", description: "How long the action may take, such as 30s or 1d 12h. Empty means no limit." };

/** ActionLimits say how often an action is tried and how long it may take. */
export function ActionLimits({ node }: { node: ActionNode }) {
  const { edit } = useEditor();
  const form = useFormContext(node);
  const raw = isObject(node.entry.raw) ? node.entry.raw : {};
  const set = (name: string) => (value: Parameters<typeof setField>[2]) => edit(setField(node.uid, [name], value), `${node.uid}/${name}`);
  const used = raw.retries !== undefined || raw.timeout !== undefined;
  return (
    <details className="panel-section" open={used || undefined}>
      <summary>
        <h3>When it fails</h3>
      </summary>
      <FormProvider value={{ ...form, sources: [] }}>
        <SchemaField schema={retries} root={{}} path={["retries"]} name="retries" value={raw.retries} onChange={set("retries")} />
        <SchemaField schema={timeout} root={{}} path={["timeout"]} name="timeout" value={raw.timeout} onChange={set("timeout")} />
      </FormProvider>
    </details>
  );
}
