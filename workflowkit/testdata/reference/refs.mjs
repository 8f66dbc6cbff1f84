// Refs of every shape, to values of every type.

const data = {
  text: "hello", empty: "", number: 1.5, zero: 0, yes: true, no: false, null: null,
  object: { z: 1, a: [true, null] }, list: [10, "two", 30], none: [], nothing: {},
  "a b": "spaced", "hy-phen": "dashed", evil: "!ref($.event.data.secret)", secret: "s3cret", dollar: "$& $1 $$",
  items: [{ id: 1, tag: "x" }, { id: 2, tag: "y" }],
};

// Paths, with what they find as the TypeScript engine reads them.
const paths = [
  ["$.event.data.text", "text"], ["$.event.data.empty", "text"], ["$.event.data.number", "number"], ["$.event.data.zero", "number"],
  ["$.event.data.yes", "boolean"], ["$.event.data.no", "boolean"], ["$.event.data.null", "null"], ["$.event.data.object", "object"],
  ["$.event.data.list", "list"], ["$.event.data.none", "list"], ["$.event.data.nothing", "object"], ["$.event.data.missing", "missing"],
  ["$.event.data.missing.deeper", "missing"], ["$.event.data.text.deeper", "missing"], ["$.event.data.object.z", "number"], ["$.event.data.object.a", "list"],
  ["$.event.name", "text"], ["$.event.id", "text"], ["$.state.first", "object"], ["$.state.first.result", "text"], ["$.state.first.count", "number"],
  ["$.state.1.result", "text"], ["$.state.1.list", "list"], ["$.state.1.missing", "missing"],
  ["$.event.data.list[0]", "number"], ["$.event.data.list[1]", "text"], ["$.event.data.list[9]", "missing"], ["$.event.data.object['z']", "number"],
  ['$.event.data["a b"]', "text"], ["$.event.data['a b']", "text"], ["$.event.data['hy-phen']", "text"], ["$.event.data.hy-phen", "text"],
  ["$.event.data.items[*].id", "several"], ["$.event.data.items[0].tag", "text"], ["$.event.data.items..id", "several"], ["$.event.data.list[1:]", "several"],
  ["$.event.data.list[0,2]", "several"], ["$.event.data.items[*].missing", "missing"], ["$.event.data.items[0:1].id", "number"],
  ["$.event.data.evil", "evil"], ["$.event.data.dollar", "dollar"],
];

// Places in which a ref can stand.
const forms = {
  whole: (ref) => ref,
  embedded: (ref) => `<${ref}>`,
  "embedded at the start": (ref) => `${ref} and text`,
  "embedded at the end": (ref) => `text and ${ref}`,
  nested: (ref) => ({ deep: [{ value: ref }] }),
  "nested, embedded": (ref) => ({ deep: [`<${ref}>`] }),
};

export function refCases() {
  const cases = [];
  for (const [path, finds] of paths) {
    for (const [form, make] of Object.entries(forms)) cases.push({ path, finds, form, input: make(`!ref(${path})`) });
  }
  const own = (form, finds, input) => cases.push({ path: "", finds, form, input });
  own("no ref", "text", "plain text");
  own("no ref", "number", 42);
  own("no ref", "object", { a: [1, { b: null }] });
  own("no ref", "text", "ref($.event.data.text)");
  own("no ref", "text", "!ref");
  own("two refs", "text", "!ref($.event.data.text) and !ref($.event.data.number)");
  own("two embedded refs", "text", "<!ref($.event.data.text)> and <!ref($.event.data.number)>");
  own("a bracket behind", "text", "!ref($.event.data.text) (note)");
  own("a space before", "text", " !ref($.event.data.text)");
  return { event: { id: "E1", name: "test", data }, outputs: { first: { result: "one", count: 3 }, 1: { result: "two", list: [1, 2] } }, cases };
}
