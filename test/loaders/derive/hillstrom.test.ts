import {mkdtempSync, rmSync} from "node:fs";
import {tmpdir} from "node:os";
import {join} from "node:path";
import {describe, expect, it} from "vitest";
import {derive} from "../../../loaders/derive/derive.js";
import {modelNodes} from "../../../loaders/derive/models.js";
import {asOfInstant} from "../../../loaders/engine/asOf.js";
import {silent} from "../../../loaders/engine/progress.js";
import {openWarehouse, workspaceKey} from "../../../loaders/engine/warehouse.js";
import {ingest} from "../../../loaders/ingest/ingest.js";
import {projectRoot, readWorkspace} from "../../../loaders/workspace.js";
import {hasShared, sharedData} from "../../shared.js";
import {emptyLedger} from "../../warehouse.js";

const shared = sharedData;
const isThere = hasShared("hillstrom.csv.gz");

interface LiftRow {
  arm: string;
  measure: string;
  treated: number;
  difference: number;
  lower: number;
  upper: number;
  statistic: number;
  df: number;
  p_value: number;
  total: number;
  sample_ratio_p: number;
}

/** K. Hillstrom's e-mail test, computed independently: difference and its 95% interval. */
const published = {
  visit: {
    mens: ["0.076590", "0.069953", "0.083227"],
    womens: ["0.045233", "0.038894", "0.051574"],
    "*": ["0.060882", "0.055404", "0.066291"]
  },
  conversion: {
    mens: ["0.006805", "0.005014", "0.008641"],
    womens: ["0.003111", "0.001502", "0.004745"],
    "*": ["0.004955", "0.003508", "0.006333"]
  }
};

describe.skipIf(!isThere)("Hillstrom's e-mail test, from the landed file to derived.lift", () => {
  it("gives every published figure to its last digit", {timeout: 180_000}, async () => {
    const folder = mkdtempSync(join(tmpdir(), "tenfold-"));
    const data = join(projectRoot, "data/examples/hillstrom");
    const workspace = {...readWorkspace({data, landing: shared}), warehouse: join(folder, "warehouse")};
    const database = await openWarehouse(workspace);
    try {
      await ingest(database, workspace, {progress: silent, key: workspaceKey(workspace)});
      const asOf = await asOfInstant(database, workspace);
      await emptyLedger(database);
      const nodes = await modelNodes(database, workspace);
      const options = {asOf, progress: silent, runId: "test", only: "derived.lift"};
      const reports = await derive(database, workspace, nodes, options);
      expect(reports.filter((report) => report.status !== "built")).toEqual([]);

      expect(
        await database.rows("select arm, count(*) as people from activation.sends group by arm order by arm")
      ).toEqual([
        {arm: "control", people: 21_306},
        {arm: "mens", people: 21_307},
        {arm: "womens", people: 21_387}
      ]);
      const lifts = await database.rows<LiftRow>("from derived.lift");
      const row = (measure: string, arm: string) => lifts.find((l) => l.measure === measure && l.arm === arm)!;
      const interval = ({difference, lower, upper}: LiftRow, digits: number) =>
        [difference, lower, upper].map((value) => value.toFixed(digits));
      for (const [measure, arms] of Object.entries(published)) {
        for (const [arm, figures] of Object.entries(arms)) expect(interval(row(measure, arm), 6)).toEqual(figures);
      }
      expect(row("spend", "mens")).toMatchObject({n_treated: 21_307, events_treated: 267, events_control: 122});
      expect(interval(row("spend", "mens"), 4)).toEqual(["0.7698", "0.4851", "1.0545"]);
      const said = (measure: string, arm: string, digits: number) => row(measure, arm).statistic.toFixed(digits);
      expect([said("visit", "mens", 2), said("conversion", "mens", 3)]).toEqual(["22.49", "7.385"]);
      expect([said("visit", "womens", 2), said("conversion", "womens", 3)]).toEqual(["13.95", "3.780"]);
      // Difference, standard error, t.
      const money = ["mens", "womens", "*"].map((arm) => {
        const {difference, statistic} = row("spend", arm);
        return [difference.toFixed(5), (difference / statistic).toFixed(5), statistic.toFixed(3)];
      });
      expect(money).toEqual([["0.76983", "0.14525", "5.300"], ["0.42441", "0.13033", "3.256"], ["0.59680", "0.11256", "5.302"]]); // prettier-ignore
      expect(row("spend", "mens").p_value.toPrecision(2)).toBe("1.2e-7");
      expect(row("spend", "womens").p_value.toFixed(5)).toBe("0.00113");
      expect(row("spend", "mens").total.toFixed(2)).toBe("16402.71");
      expect(row("spend", "womens").total.toFixed(2)).toBe("9076.90");
      expect(row("spend", "*").total.toFixed(2)).toBe("25479.61");
      expect(row("spend", "mens").statistic.toFixed(3)).toBe("5.300");
      expect(row("spend", "mens").df.toFixed(1)).toBe("36671.2");
      expect(row("visit", "mens").sample_ratio_p.toFixed(6)).toBe("0.903693");
      expect(row("visit", "mens").treated.toFixed(6)).toBe("0.182757");
    } finally {
      database.close();
      rmSync(folder, {recursive: true, force: true});
    }
  });
});
