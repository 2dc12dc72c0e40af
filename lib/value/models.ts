import {bgBb} from "./bgBb.js";
import {bgNbd, mbgCnbd, mbgNbd} from "./betaGeometric.js";
import {fitPurchases, type Fit} from "./fit.js";
import type {PurchaseModel} from "./model.js";
import {nbd} from "./nbd.js";
import {paretoNbd} from "./paretoNbd.js";
import {sbg} from "./sbg.js";
import type {Summary} from "./summary.js";

/** The purchase models by name; cnbd-k is a family, of which `fitNamed` takes the likeliest. */
const models: Record<string, PurchaseModel> = {
  nbd,
  "bg-nbd": bgNbd,
  "mbg-nbd": mbgNbd,
  "pareto-nbd": paretoNbd,
  "bg-bb": bgBb,
  sbg
};

/** The greatest regularity tried. */
const maxRegularity = 8;

/** A fitted purchase model: the model, its fit, and the parameters in the model's order. */
export interface FittedModel {
  model: PurchaseModel;
  fit: Fit;
  parameters: number[];
}

/** A model by the name in a fit: nbd, mbg-nbd, mbg-cnbd-3. Throws RangeError for any other. */
function purchaseModel(name: string): PurchaseModel {
  const regularity = /^mbg-cnbd-(\d+)$/.exec(name);
  const model = regularity ? mbgCnbd(Number(regularity[1])) : models[name];
  if (!model) throw new RangeError(`unknown model: ${name}`);
  return model;
}

/** Fits the model of that name; cnbd-k with the likeliest k from 1 up, stopping once a further k explains less. */
export function fitNamed(name: string, data: Summary): FittedModel {
  if (name !== "cnbd-k") return fitOne(purchaseModel(name), data);
  let best = fitOne(mbgCnbd(1), data);
  for (let k = 2; k <= maxRegularity; ++k) {
    const next = fitOne(mbgCnbd(k), data);
    if (!(next.fit.logLikelihood > best.fit.logLikelihood) || next.fit.status === "not converged") break;
    best = next;
  }
  return best;
}

function fitOne(model: PurchaseModel, data: Summary): FittedModel {
  const fit = fitPurchases(model, data);
  return {model, fit, parameters: model.parameters.map((name) => fit.params[name] ?? NaN)};
}
