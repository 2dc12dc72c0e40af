import {html} from "htl";
import {nodeAt, replaceAt, type Place} from "../../lib/rules/edit.js";
import {fieldFamily, fieldOf} from "../../lib/rules/field.js";
import {operatorsOf, type Operator} from "../../lib/rules/operators.js";
import {testOf, type Condition} from "../../lib/rules/rule.js";
import {keyOf, type Builder} from "./builder.js";
import {Card} from "./Card.js";
import {fieldTitle, withOperator, type ProfileField} from "./fields.js";
import {operatorLabel} from "./labels.js";
import {isShortControl, ValueControl} from "./ValueControl.js";

/** A condition on an attribute, a metric or a decile: field, lookback, comparison and value. */
export function ConditionCard(builder: Builder, condition: Condition, place: Place): HTMLElement {
  const {store, known} = builder;
  const key = keyOf(place);
  let field: ProfileField;
  try {
    field = fieldOf(condition, known) as ProfileField;
  } catch (error) {
    return Broken(builder, place, (error as Error).message);
  }
  const title = fieldTitle(field);
  const {operator, operand} = testOf(condition);
  const put = (next: Condition, focus: string) => store.edit(replaceAt(store.rule, place, next), `${key}:${focus}`);
  const present = () => nodeAt(store.rule, place) as Condition;
  const select = html`<select aria-label=${`${title}: how to compare`} data-focus=${`${key}:first`}>
    ${operatorsOf(fieldFamily(field)).map((name) => html`<option value=${name} selected=${name === operator}>${operatorLabel(name, field)}</option>`)}
  </select>` as HTMLSelectElement;
  select.addEventListener("change", () =>
    put(withOperator(field, select.value as Operator, testOf(present())), "first")
  );
  const control = ValueControl(field, operator, operand, {
    input: (next, isDragging) =>
      store.set(
        place,
        {...withOperator(field, operator), [operator]: next} as Condition,
        isDragging ? "drag" : "value"
      ),
    settle() {
      store.set(place, present(), "value");
      store.settle();
    },
    grab: (bins) => builder.grab(place, bins)
  });
  return Card(builder, {
    place,
    title,
    kind: field.kind,
    head: html.fragment`<span class="card-title" title=${field.description || null}>${fieldTitle({...field, lookback: undefined})}</span>
      ${Lookback(builder, field, (next) => put(withOperator(next, operator, testOf(present())), "lookback"), `${key}:lookback`)}
      ${select}${isShortControl(field, operator) ? control : null}`,
    body: isShortControl(field, operator) ? undefined : control
  });
}

/** The choice among the lookbacks of a metric or decile. */
function Lookback(
  {fields}: Builder,
  field: ProfileField,
  choose: (field: ProfileField) => void,
  focus: string
): HTMLElement | null {
  if (field.lookback === undefined) return null;
  const alike = fields.filter(({kind, name}) => kind === field.kind && name === field.name);
  const select = html`<select aria-label=${`${field.label}: over which window`} data-focus=${focus}>
    ${alike.map(({lookback}) => html`<option value=${lookback} selected=${lookback === field.lookback}>${lookback}</option>`)}
  </select>` as HTMLSelectElement;
  select.addEventListener("change", () => choose(alike.find(({lookback}) => lookback === select.value)!));
  return select;
}

/** A condition that cannot be shown: it says why, and can be moved and deleted. */
export function Broken(builder: Builder, place: Place, message: string): HTMLElement {
  return Card(builder, {
    place,
    title: "Broken condition",
    kind: "broken",
    head: html`<span class="bad" tabindex="-1" data-focus=${`${keyOf(place)}:first`}>✕ ${message}</span>`
  });
}
