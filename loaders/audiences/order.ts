import {dependencyOrder} from "../engine/dependencyOrder.js";
import type {Audience} from "./audience.js";
import {references} from "./references.js";

/**
 * Audiences in an order in which each stands after those that its rules name; by name where that leaves a choice.
 * `cycle` names one that goes round in a circle, from an audience back to itself.
 */
export function orderAudiences(audiences: Audience[]): {ordered: Audience[]; cycle?: string[]} {
  const byId = new Map(audiences.map((audience) => [audience.id, audience]));
  const {order, cycle} = dependencyOrder(byId.keys(), (id) =>
    references(byId.get(id)!.definition).map((reference) => reference.audience)
  );
  return cycle ? {ordered: audiences, cycle} : {ordered: order.map((id) => byId.get(id)!)};
}
