import {decodeRule, encodeRule} from "../../lib/rules/link.js";
import type {Measure} from "../../lib/rules/count.js";
import {saysSomething, type Rule} from "../../lib/rules/rule.js";
import {withParameter} from "../url.js";
import type {SegmentStore} from "./store.js";

/** What the address says: `?rule=…&metric=…&lookback=…`; defaults are left out. */
export function readAddress(
  measure: Measure,
  isMeasure: (measure: Measure) => boolean
): {rule?: Rule; measure: Measure} {
  const parameters = new URLSearchParams(location.search);
  const text = parameters.get("rule");
  const asked = {
    metric: parameters.get("metric") ?? measure.metric,
    lookback: parameters.get("lookback") ?? measure.lookback
  };
  const rule = text === null ? undefined : decodeRule(text);
  return {...(rule && {rule}), measure: isMeasure(asked) ? asked : measure};
}

/** The address's search part that reproduces a segment; undefined where the rule is too long for a link. */
export function addressOf(
  {rule, measure}: Pick<SegmentStore, "rule" | "measure">,
  fallback: Measure
): string | undefined {
  const text = saysSomething(rule) ? encodeRule(rule) : "";
  if (text === undefined) return undefined;
  let search = withParameter(location.search, "rule", text, "");
  search = withParameter(search, "metric", measure.metric, fallback.metric);
  return withParameter(search, "lookback", measure.lookback, fallback.lookback);
}

/**
 * Keeps the address and the store in step: a new shape of the rule is a step of the browser's history, a new value
 * replaces the present one; back and forward bring earlier rules.
 */
export function syncAddress(store: SegmentStore, fallback: Measure, isMeasure: (measure: Measure) => boolean) {
  store.subscribe(({kind, isFromAddress}) => {
    if (isFromAddress || kind === "drag") return;
    const search = addressOf(store, fallback);
    if (search === undefined || search === location.search) return;
    const url = `${location.pathname}${search}${location.hash}`;
    if (kind === "structure") history.pushState(history.state, "", url);
    else history.replaceState(history.state, "", url);
  });
  addEventListener("popstate", () => {
    const {rule = {all: []}, measure} = readAddress(fallback, isMeasure);
    if (measure.metric !== store.measure.metric || measure.lookback !== store.measure.lookback)
      store.setMeasure(measure, true);
    if (JSON.stringify(rule) !== JSON.stringify(store.rule)) store.load(rule, true);
  });
}
