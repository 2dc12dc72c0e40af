import {readFileSync} from "node:fs";
import {join} from "node:path";
import {hasShared, sharedData} from "../../shared.js";

const folder = sharedData;

/** Whether the shared reference data are at hand; tests that read them are skipped otherwise. */
export const hasReference = hasShared("clv_reference.json");

/** Values computed independently of this code. */
export function reference(): Record<string, any> {
  return JSON.parse(readFileSync(join(folder, "clv_reference.json"), "utf8"));
}

/** A customer's orders, merged by day: days since the epoch, ascending, and their values. */
export interface History {
  days: number[];
  values: number[];
}

/** The CDNOW sample as histories. */
export function cdnow(): History[] {
  const lines = readFileSync(join(folder, "cdnow_sample.csv"), "utf8").trim().split(/\r?\n/).slice(1);
  const customers = new Map<string, Map<number, number>>();
  for (const line of lines) {
    const [, id, date, , value] = line.split(",") as [string, string, string, string, string];
    const orders = customers.get(id) ?? new Map<number, number>();
    customers.set(id, orders);
    const day = Date.parse(date) / 86_400_000;
    orders.set(day, (orders.get(day) ?? 0) + Number(value));
  }
  return [...customers.values()].map((orders) => {
    const days = [...orders.keys()].sort((a, b) => a - b);
    return {days, values: days.map((day) => orders.get(day)!)};
  });
}

/** The last day of the CDNOW calibration period, 1997-09-30. */
export const calibrationEnd = Date.parse("1997-09-30") / 86_400_000;
