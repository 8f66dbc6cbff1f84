// Random trees: one way leads to each action. An edge that is not taken leads to a leaf, because what follows it is where
// the two engines differ on purpose.

// random returns numbers from 0 up to 1 that depend on the seed only.
function random(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

const event = { id: "E1", name: "test", data: { id: "42", title: "A title", likes: 7, tags: ["x", "y"], draft: false } };

export function* randomTrees(count) {
  for (let seed = 1; seed <= count; seed++) {
    const next = random(seed);
    const below = (n) => Math.floor(next() * n);
    const pick = (list) => list[below(list.length)];
    const size = 1 + below(12);
    // JavaScript objects list names of digits in the order of their numbers, and all others in the order in which they
    // were added; so do the children of a node in the TypeScript engine.
    const name = seed % 2 ? (i) => `n${i}` : (i) => String(i + 1);
    const actions = [];
    const edges = [];
    const outputs = {};
    const above = {}; // the actions on the way to each one
    const fertile = ["$source"];
    for (let i = 0; i < size; i++) {
      const id = name(i);
      const from = pick(fertile);
      above[id] = from === "$source" ? [] : [...above[from], from];
      outputs[id] = { n: below(3), flag: next() < 0.5, text: `text of ${id}`, list: [below(9), id], object: { z: id, a: below(9) } };
      const { conditional, taken } = from === "$source" ? { taken: true } : condition(outputs[from], next);
      edges.push(conditional ? { from, to: id, conditional } : { from, to: id });
      if (taken) fertile.push(id);
      actions.push({ id, kind: "work", inputs: inputs(above[id], pick, below) });
    }
    yield { workflow: { name: `tree ${seed}`, actions, edges }, event, outputs };
  }
}

// condition returns a condition on an output, or none, and whether the edge is taken.
function condition(output, next) {
  const kind = Math.floor(next() * 6);
  switch (kind) {
    case 0:
      return { conditional: { type: "if", ref: "!ref($.output.flag)" }, taken: output.flag };
    case 1:
      return { conditional: { type: "else", ref: "!ref($.output.flag)" }, taken: !output.flag };
    case 2:
      return { conditional: { type: "match", ref: "!ref($.output.n)", value: 1 }, taken: output.n === 1 };
    case 3:
      return { conditional: { type: "match", ref: "!ref($.output.object)", value: { z: output.object.z, a: 4 } }, taken: output.object.a === 4 };
  }
  return { taken: true };
}

function inputs(above, pick, below) {
  const path = () => {
    if (above.length === 0 || below(3) === 0) return "$.event.data." + pick(["id", "title", "likes", "draft"]);
    return `$.state.${pick(above)}.` + pick(["n", "flag", "text"]);
  };
  const whole = () => {
    if (above.length === 0 || below(3) === 0) return "!ref($.event.data" + pick(["", ".tags", ".likes", ".title"]) + ")";
    return `!ref($.state.${pick(above)}` + pick(["", ".n", ".object", ".list", ".text"]) + ")";
  };
  const made = { literal: pick(["formal", 3, true, null, [1, 2], { deep: { deeper: "x" } }]) };
  if (below(2)) made.whole = whole();
  if (below(2)) made.text = `The !ref(${path()}) of it`;
  if (below(3) === 0) made.nested = { list: [whole(), "plain", { text: `<!ref(${path()})>` }] };
  return made;
}
