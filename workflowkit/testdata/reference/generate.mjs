// Writes trees.golden.json and refs.golden.json: what the published engine, @inngest/workflow-kit 0.1.3, does with
// random trees and with refs. The Go tests only read them.
//
// To write them again, work on a copy, so that node_modules stays out of the repository:
//
//	cp -r testdata/reference /tmp/golden && cd /tmp/golden && npm ci && npm run generate && cp *.golden.json <here>
import { writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { refCases } from "./refs.mjs";
import { randomTrees } from "./trees.mjs";

const { Engine } = createRequire(import.meta.url)("@inngest/workflow-kit");

// run executes a workflow whose actions return what they are told to, and notes the order and the resolved inputs.
async function run(workflow, event, outputs) {
  const ran = [];
  const work = {
    kind: "work",
    name: "work",
    handler: async ({ workflowAction }) => {
      ran.push({ id: workflowAction.id, inputs: structuredClone(workflowAction.inputs) });
      return outputs[workflowAction.id];
    },
  };
  const step = { run: (id, f) => f() };
  // The engine resolves refs in place, so it gets a copy.
  await new Engine({ actions: [work] }).run({ event, step, workflow: structuredClone(workflow) });
  return ran;
}

const lines = (list) => "[\n" + list.map((item) => JSON.stringify(item)).join(",\n") + "\n]\n";

const trees = [];
for (const { workflow, event, outputs } of randomTrees(150)) {
  const ran = await run(workflow, event, outputs);
  trees.push({ workflow, event, outputs, order: ran.map((a) => a.id), inputs: Object.fromEntries(ran.map((a) => [a.id, a.inputs])) });
}
writeFileSync("trees.golden.json", lines(trees));

const refs = [];
const { event, outputs, cases } = refCases();
for (const c of cases) {
  const workflow = {
    actions: [
      ...Object.keys(outputs).map((id) => ({ id, kind: "work" })),
      { id: "last", kind: "work", inputs: { in: c.input } },
    ],
    edges: [],
  };
  let from = "$source";
  for (const { id } of workflow.actions) {
    workflow.edges.push({ from, to: id });
    from = id;
  }
  try {
    const { inputs } = (await run(workflow, event, outputs)).at(-1);
    refs.push(inputs.in === undefined ? { ...c, missing: true } : { ...c, value: inputs.in });
  } catch (error) {
    refs.push({ ...c, error: String(error.message).split("\n")[0] });
  }
}
writeFileSync("refs.golden.json", JSON.stringify({ event, outputs }).slice(0, -1) + ',"cases":' + lines(refs).trimEnd() + "}\n");
