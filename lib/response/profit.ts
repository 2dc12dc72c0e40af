import type {Interval} from "../stats/interval.js";

/** What mailing costs and what a unit of revenue leaves. */
export interface Terms {
  /** Money per mail sent. */
  costPerSend: number;
  /** The share of revenue that is earned, 0 to 1. */
  margin: number;
}

export interface Profit extends Interval {
  cost: number;
  /** The revenue per head assigned that just pays for the mails; undefined where revenue earns nothing. */
  breakEven: number | undefined;
  /** Profit over cost; undefined where mailing costs nothing. */
  returned: number | undefined;
}

/**
 * Incremental profit: the difference of revenue per head times the people assigned times the margin, less what the mails
 * cost. The difference's interval is carried through; the cost is known and widens nothing.
 */
export function profit(perHead: Interval, people: number, mails: number, {costPerSend, margin}: Terms): Profit {
  const cost = mails * costPerSend;
  const of = (value: number) => value * people * margin - cost;
  const estimate = of(perHead.estimate);
  return {
    estimate,
    lower: of(perHead.lower),
    upper: of(perHead.upper),
    cost,
    breakEven: margin > 0 && people > 0 ? cost / (people * margin) : undefined,
    returned: cost > 0 ? estimate / cost : undefined
  };
}
