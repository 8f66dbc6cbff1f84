// Random rules over random data, the same for the same seed.

// mulberry32: a small generator of random numbers, which Math.random is not for lack of a seed.
function generator(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

const documents = [
  {
    event: { name: "blog-post.updated", data: { id: "42", tags: ["go", "ai", ""], score: 7.5, draft: false, by: null } },
    state: { 1: { result: true, words: 1200, posts: [{ n: 1, t: "a" }, { n: 2, t: "b" }, { n: 3 }] }, 2: "ok" },
  },
  { a: [1, 2, 3, [4, [5]]], b: { c: { d: "deep" } }, e: [], s: "añ😀é", z: 0, f: "1.50", n: null, o: {} },
  [3, "3", [3], { x: 3, y: [] }, null, true],
  "text",
  null,
];

const paths = [
  "", "a", "b.c.d", "b.c", "e", "s", "s.2", "s.length", "a.3.1.0", "a.length", "n", "n.x", "z", "f", "o", "0", "1", "2", "3",
  "3.y", "event.data.id", "event.data.tags", "event.data.tags.1", "event.data.score", "event.data.by", "state.1.posts",
  "state.1.result", "state.1.words", "state.2", "nope", "current", "accumulator", "current.n", "n.", ".", "t", "accumulator.length",
];

export function* randomRules(count, seed, values) {
  const random = generator(seed);
  const below = (n) => Math.floor(random() * n);
  const pick = (list) => list[below(list.length)];
  const times = (n, make) => Array.from({ length: n }, make);

  const eager = [
    "==", "===", "!=", "!==", ">", ">=", "<", "<=", "!!", "!", "%", "log", "in", "cat", "substr", "+", "*", "-", "/",
    "min", "max", "merge", "and", "or", "if", "?:",
  ];
  const loops = ["map", "filter", "reduce", "all", "none", "some"];
  const number = () => pick([below(10) - 3, below(1000) / 8, below(4), random() * 1e3, 1e21, -0.5]);
  const scalar = () => pick([number, number, () => pick(paths), () => pick(values), () => pick(["go", "1", "a", ""])])();

  function rule(depth) {
    if (depth <= 0 || random() < 0.12) return random() < 0.5 ? look() : scalar();
    const dice = random();
    if (dice < 0.12) return look(depth);
    if (dice < 0.2) return times(below(4), () => rule(depth - 1));
    if (dice < 0.38) return loop(depth);
    if (dice < 0.44) return { missing: pick([pick(paths), times(below(4), () => pick(paths)), [rule(depth - 1)]]) };
    if (dice < 0.49) return { missing_some: [below(3), pick([times(below(4), () => pick(paths)), rule(depth - 1)])] };
    if (dice < 0.5) return { [pick(["nope", "method", "a.b", "", "var.x"])]: rule(depth - 1) };
    if (dice < 0.52) return { k: 1, m: rule(depth - 1) };
    const op = pick(eager);
    if (random() < 0.1) return { [op]: rule(depth - 1) };
    return { [op]: times(pick([1, 2, 2, 2, 2, 3, 3, 4]), () => rule(depth - 1)) };
  }
  function look(depth = 0) {
    const dice = random();
    if (dice < 0.7) return { var: pick(paths) };
    if (dice < 0.9) return { var: [pick(paths), depth > 0 ? rule(depth - 1) : scalar()] };
    return { var: depth > 0 ? rule(depth - 1) : below(4) };
  }
  function loop(depth) {
    const op = pick(loops);
    const list = random() < 0.7 ? { var: pick(["a", "e", "event.data.tags", "state.1.posts", "", "s"]) } : rule(depth - 1);
    const args = [list, rule(depth - 1)];
    if (op === "reduce" && random() < 0.9) args.push(rule(depth - 2));
    return { [op]: args };
  }
  for (let i = 0; i < count; i++) yield [rule(1 + below(4)), pick(documents)];
}
