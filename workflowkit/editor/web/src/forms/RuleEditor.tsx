import { type Comparison, comparisonLabels, comparisons, newComparison, replaceItem, type Rule } from "../model/logic";
import { Button, IconButton } from "../ui/Button";
import { useForm } from "./context";
import { useJsonDraft } from "./JsonField";
import { OperandEditor } from "./OperandEditor";
import { FieldErrors } from "./Field";

interface Props {
  rule: Rule;
  onChange: (rule: Rule | undefined) => void;
  pointer: string;
  top?: boolean;
}

/** RuleEditor edits a rule: a comparison, a test, a negation, or a group of rules. */
export function RuleEditor(props: Props) {
  const { rule, onChange, pointer, top } = props;
  const { readOnly } = useForm();
  switch (rule.type) {
    case "group":
      return <GroupEditor {...props} rule={rule} />;
    case "not":
      return (
        <div className="rule-group" role="group" aria-label="Not">
          <div className="rule-head">
            <span className="rule-op">Not</span>
            {!readOnly && (
              <button type="button" className="link" onClick={() => onChange(rule.item)}>
                Remove “not”
              </button>
            )}
          </div>
          <RuleEditor rule={rule.item} pointer={pointer} onChange={(item) => onChange(item && { ...rule, item })} />
        </div>
      );
    case "compare":
      return (
        <div className="rule" role="group" aria-label="Comparison">
          <OperandEditor label="Left side" operand={rule.left} onChange={(left) => onChange({ ...rule, left })} pointer={`${pointer}#l`} />
          <div className="row">
            <select className="control" aria-label="Comparison" value={rule.op} disabled={readOnly} onChange={(event) => onChange({ ...rule, op: event.target.value as Comparison })}>
              {comparisons.map((op) => (
                <option key={op} value={op}>
                  {comparisonLabels[op]}
                </option>
              ))}
            </select>
          </div>
          <OperandEditor label="Right side" operand={rule.right} onChange={(right) => onChange({ ...rule, right })} pointer={`${pointer}#r`} />
          <RuleTools {...props} top={top} />
        </div>
      );
    case "truthy":
      return (
        <div className="rule" role="group" aria-label="Test">
          <OperandEditor label="Value" operand={rule.operand} onChange={(operand) => onChange({ ...rule, operand })} pointer={`${pointer}#v`} />
          <p className="rule-text">is set and not empty, zero or no</p>
          <RuleTools {...props} top={top} />
        </div>
      );
    case "raw":
      return <RawRule {...props} rule={rule} />;
  }
}

function RuleTools({ rule, onChange, top }: Props) {
  const { readOnly } = useForm();
  if (readOnly) return null;
  return (
    <div className="rule-tools">
      <button type="button" className="link" onClick={() => onChange({ type: "not", item: rule, bare: true })}>
        Negate
      </button>
      {rule.type === "compare" && (
        <button type="button" className="link" onClick={() => onChange({ type: "truthy", operand: rule.left, bare: true })}>
          Only test
        </button>
      )}
      {rule.type === "truthy" && (
        <button type="button" className="link" onClick={() => onChange({ type: "compare", op: "==", left: rule.operand, right: { kind: "value", value: "" } })}>
          Compare
        </button>
      )}
      {top && (
        <>
          <button type="button" className="link" data-testid="rule-and" onClick={() => onChange({ type: "group", op: "and", items: [rule, newComparison()] })}>
            And …
          </button>
          <button type="button" className="link" data-testid="rule-or" onClick={() => onChange({ type: "group", op: "or", items: [rule, newComparison()] })}>
            Or …
          </button>
        </>
      )}
      <IconButton small icon="trash" label="Remove this comparison" onClick={() => onChange(undefined)} />
    </div>
  );
}

function GroupEditor({ rule, onChange, pointer }: Props & { rule: Extract<Rule, { type: "group" }> }) {
  const { readOnly } = useForm();
  const set = (items: Rule[]) => onChange(items.length === 0 ? undefined : { ...rule, items });
  return (
    <div className="rule-group" role="group" aria-label={rule.op === "and" ? "All of" : "Any of"}>
      <div className="rule-head">
        <select className="control control-small" aria-label="How the comparisons are combined" value={rule.op} disabled={readOnly} onChange={(event) => onChange({ ...rule, op: event.target.value as "and" | "or" })}>
          <option value="and">All of these (and)</option>
          <option value="or">Any of these (or)</option>
        </select>
        {!readOnly && <IconButton small icon="trash" label="Remove this group" onClick={() => onChange(undefined)} />}
      </div>
      {rule.items.map((item, i) => (
        <RuleEditor key={i} rule={item} pointer={`${pointer}#${i}`} onChange={(next) => set(replaceItem(rule.items, i, next))} />
      ))}
      {!readOnly && (
        <div className="row">
          <Button small icon="plus" data-testid="rule-add" onClick={() => set([...rule.items, newComparison()])}>
            Comparison
          </Button>
          <Button small icon="plus" onClick={() => set([...rule.items, { type: "group", op: rule.op === "and" ? "or" : "and", items: [newComparison()] }])}>
            Group
          </Button>
        </div>
      )}
    </div>
  );
}

function RawRule({ rule, onChange, pointer }: Props & { rule: Extract<Rule, { type: "raw" }> }) {
  const { readOnly } = useForm();
  const draft = useJsonDraft(`${pointer}#raw`, rule.value, (value) => onChange(value === undefined ? undefined : { type: "raw", value }));
  return (
    <div className="rule" role="group" aria-label="JSON Logic">
      <p className="rule-text">JSON Logic that the builder does not show:</p>
      <textarea className="control mono" rows={3} aria-label="JSON Logic" spellCheck={false} readOnly={readOnly} aria-invalid={draft.error !== undefined || undefined} value={draft.text} onChange={(event) => draft.set(event.target.value)} />
      <FieldErrors id="" findings={[]} error={draft.error} />
    </div>
  );
}
