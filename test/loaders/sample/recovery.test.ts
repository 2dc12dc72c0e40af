import {expect, test} from "vitest";
import {fitPurchases, fitSpend} from "../../../lib/value/fit.js";
import {paretoNbd} from "../../../lib/value/paretoNbd.js";
import {summarise} from "../../../lib/value/summary.js";
import {openDatabase} from "../../../loaders/engine/database.js";
import {parameters} from "../../../loaders/sample/parameters.js";
import {draw} from "../../../loaders/sample/sample.js";

test("the sample without campaigns gives its Pareto/NBD and Gamma-Gamma parameters back, within three standard errors", async () => {
  const database = await openDatabase(":memory:");
  try {
    await draw(database, {customers: 6000, campaigns: 0, seed: 3, zone: "Europe/Berlin", until: "mail"});
    const members = await database.rows<{x: number; tx: number; T: number; orders: number; mean: number}>(`
      select count(*)::double - 1 as x, datediff('second', min(purchased_at), max(purchased_at)) / 604800 as tx,
        datediff('second', min(purchased_at), timestamp '${parameters.stop}') / 604800 as T,
        count(*)::double as orders, avg(amount::double * rate::double) as mean
      from purchases group by member order by member`);
    const purchases = fitPurchases(
      paretoNbd,
      summarise(
        members.map((m) => m.x),
        members.map((m) => m.tx),
        members.map((m) => m.T)
      )
    );
    const spend = fitSpend({
      x: Float64Array.from(members, (m) => m.orders),
      mean: Float64Array.from(members, (m) => m.mean),
      weight: Float64Array.from(members, () => 1)
    });
    for (const [fit, names] of [
      [purchases, ["r", "alpha", "s", "beta"]],
      [spend, ["p", "q", "v"]]
    ] as const) {
      expect(fit.status).toBe("ok");
      for (const name of names) {
        const error = Math.abs(fit.params[name]! - parameters[name]);
        expect(error, name).toBeLessThan(3 * fit.standardErrors![name]!);
      }
    }
  } finally {
    database.close();
  }
});
