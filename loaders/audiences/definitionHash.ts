import type {AudienceDefinition} from "../../lib/definitions/audience.js";
import {ruleHash} from "../../lib/rules/canonical.js";
import {fingerprintOf} from "../engine/fingerprintOf.js";

/** Changes when an audience's meaning does: not with its name, its schedule, or the order and spelling of its rules. */
export function definitionHash(id: string, definition: AudienceDefinition): string {
  const {rule, file, model, top, split, seed = id} = definition;
  const arms = Object.entries(split?.arms ?? {}).map(([name, {percent, where, holdout}]) => {
    return [name, percent, where && ruleHash(where), holdout];
  });
  const isDrawn = top?.ties === "seed" || split?.holdout || arms.some(([, percent]) => percent);
  const parts = [rule && ruleHash(rule), file, model, top, split && [split.holdout, arms], isDrawn && seed];
  return fingerprintOf([parts]).slice(0, 16);
}
