import {describe, expect, it} from "vitest";
import {describeLift, type LiftRow} from "../../../lib/response/describeLift.js";

const money = (value: number) => `$${value.toFixed(2)}`;
const row = (more: Partial<LiftRow>): LiftRow => ({
  arm_label: "Men's e-mail",
  measure_label: "Visits",
  kind: "rate",
  difference: 0.07659,
  lower: 0.069953,
  upper: 0.083227,
  window_days: 14,
  ...more
});

describe("describeLift(row, money)", () => {
  it("says a gain in points, with its interval", () => {
    expect(describeLift(row({}), money)).toBe(
      "Visits: Men's e-mail brought 7.66 points more within 14 days (95% interval 7.00 to 8.32)."
    );
  });

  it("says a gain in money per head, once", () => {
    const spend = {kind: "mean", difference: 0.76983, lower: 0.4851, upper: 1.0545} as const;
    expect(describeLift(row({...spend, measure_label: "Spend per head"}), money)).toBe(
      "Spend per head: Men's e-mail brought $0.77 more within 14 days (95% interval $0.49 to $1.05)."
    );
    expect(describeLift(row({...spend, measure_label: "Revenue", window_days: 1}), money)).toBe(
      "Revenue: Men's e-mail brought $0.77 more per head within 1 day (95% interval $0.49 to $1.05)."
    );
  });

  it("says a loss as a loss, its interval the right way round", () => {
    expect(describeLift(row({difference: -0.0031, lower: -0.0047, upper: -0.0015}), money)).toBe(
      "Visits: Men's e-mail cost 0.31 points within 14 days (95% interval 0.15 to 0.47)."
    );
  });

  it("says of a window that has not passed what shows so far", () => {
    expect(describeLift(row({is_complete: false, window_days: 30}), money)).toBe(
      "Visits: Men's e-mail brought 7.66 points more so far (30 days have not passed yet; 95% interval 7.00 to 8.32)."
    );
    expect(describeLift(row({is_complete: false, window_days: 1, difference: 0.004, lower: -0.012}), money)).toContain(
      "made no clear difference so far: +0.40 points (1 day has not passed yet; 95% interval"
    );
    expect(describeLift(row({is_complete: true}), money)).toContain(" within 14 days (95%");
  });

  it("claims nothing where the interval holds zero, or where there is none", () => {
    expect(describeLift(row({difference: 0.004, lower: -0.012, upper: 0.02}), money)).toBe(
      "Visits: Men's e-mail made no clear difference within 14 days: +0.40 points (95% interval -1.20 to 2.00)."
    );
    expect(describeLift(row({lower: null}), money)).toBe(
      "Visits: too few people to compare Men's e-mail within 14 days."
    );
  });
});
