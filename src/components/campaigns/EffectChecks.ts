import {html} from "htl";
import {Empty} from "../Empty.js";
import {formatMoney, formatPercent, formatPoints} from "../format.js";
import type {CampaignFigure, LiftRow, OverlapRow} from "./campaigns.js";
import {isSplitBroken} from "./words.js";

interface Check {
  check: string;
  result: string;
  verdict: string;
  /** Undefined where it neither supports nor weakens the difference. */
  isFine?: boolean;
}

/** What stands behind a campaign's difference before one believes it: the split, the time before, other mails, the shape. */
export function EffectChecks(
  lifts: readonly LiftRow[],
  overlaps: readonly OverlapRow[],
  {name, currency}: CampaignFigure
): HTMLElement {
  if (lifts.length === 0) return Empty("There is no difference to check.");
  const further = () => [...beforeChecks(lifts, currency), ...overlapChecks(overlaps), ...shapeChecks(lifts, currency)]; // prettier-ignore
  const checks = [...splitChecks(lifts), ...(isSplitBroken(lifts) ? [] : further())];
  return html`<dl class="checks" aria-label=${`Checks of ${name}`}>
    ${checks.map(
      ({check, result, verdict, isFine}) =>
        html`<div>
          <dt>${check}</dt>
          <dd>
            ${result}
            <span class=${isFine === undefined ? "muted" : isFine ? "good" : "bad"}
              >${isFine === undefined ? "" : isFine ? "✓ " : "✕ "}${verdict}</span
            >
          </dd>
        </div>`
    )}
  </dl>`;
}

function splitChecks(lifts: readonly LiftRow[]): Check[] {
  const row = lifts[0];
  if (!row) return [];
  if (row.sample_ratio_p === null)
    return [
      {check: "Sizes of the arms", result: "no shares defined", verdict: "cannot be checked: give each arm a share"}
    ];
  const isFine = row.is_sample_ratio_ok !== false;
  return [
    {
      check: "Sizes of the arms",
      result: `p ${chance(row.sample_ratio_p)}`,
      verdict: isFine ? "as meant" : "not as meant: the split or its record is broken, differences would mean nothing",
      isFine
    }
  ];
}

/** The longest window's row of each measure, of all mailed arms together or the only one. */
function mainRows(lifts: readonly LiftRow[]): LiftRow[] {
  const top = Math.min(...lifts.map((row) => row.arm_position));
  const rows = lifts.filter((row) => row.arm_position === top);
  return [...new Set(rows.map((row) => row.measure))].map((measure) =>
    rows.filter((row) => row.measure === measure).reduce((a, b) => (b.window_days > a.window_days ? b : a))
  );
}

function beforeChecks(lifts: readonly LiftRow[], currency: string): Check[] {
  return mainRows(lifts).flatMap((row) => {
    if (row.before_difference === null || row.before_p === null) return [];
    const isLike = row.before_p >= 0.01;
    return [
      {
        check: `A/A: ${row.measure_label}, ${row.window_days} days before`,
        result: `${amount(row, row.before_difference, currency)}, p ${chance(row.before_p)}`,
        verdict: isLike
          ? "arms alike before, as chance allows"
          : "arms differed before: rather believe the adjusted difference below",
        isFine: isLike
      }
    ];
  });
}

function overlapChecks(overlaps: readonly OverlapRow[]): Check[] {
  const others = [...new Set(overlaps.map((row) => row.other_campaign_id))];
  return others.map((other) => {
    const arms = overlaps.filter((row) => row.other_campaign_id === other);
    const p = arms[0]!.p_value;
    return {
      check: `Also got ${arms[0]!.other_name}`,
      result: `${arms.map((arm) => `${arm.arm_label} ${formatPercent(arm.share)}`).join(", ")}${p === null ? "" : `, p ${chance(p)}`}`,
      verdict: p === null || p >= 0.01 ? "alike in all arms" : "unlike: part of the difference may be that campaign's",
      isFine: p === null || p >= 0.01
    };
  });
}

function shapeChecks(lifts: readonly LiftRow[], currency: string): Check[] {
  return mainRows(lifts).flatMap((row) => {
    const checks: Check[] = [];
    const of = `${row.measure_label}, ${row.window_days} days`;
    if (row.adjusted_difference !== null && row.variance_removed !== null)
      checks.push({
        check: `Adjusted for the time before (CUPED): ${of}`,
        result: `${amount(row, row.adjusted_difference, currency)} (${amount(row, row.adjusted_lower!, currency)} to ${amount(row, row.adjusted_upper!, currency)})`,
        verdict: `takes away ${formatPercent(Math.max(0, row.variance_removed), 1)} of the variance`
      });
    if (row.bootstrap_lower !== null && row.bootstrap_upper !== null && row.lower !== null && row.upper !== null) {
      const isSame = row.lower > 0 === row.bootstrap_lower > 0 && row.upper < 0 === row.bootstrap_upper < 0;
      checks.push({
        check: `Resampled: ${of}`,
        result: `${amount(row, row.bootstrap_lower, currency)} to ${amount(row, row.bootstrap_upper, currency)}`,
        verdict: isSame ? "agrees with Welch's interval" : "disagrees with Welch's interval: believe neither yet",
        isFine: isSame
      });
    }
    if (row.winsorised_difference !== null) {
      const isFine = Math.abs(row.winsorised_difference - row.difference) <= Math.abs(row.difference) / 4;
      checks.push({
        check: `With the largest thousandth cut: ${of}`,
        result: amount(row, row.winsorised_difference, currency),
        verdict: isFine ? "does not hang on a few" : "hangs on a few large orders",
        isFine
      });
    }
    if (row.kind === "mean" && row.events_treated > 0 && row.events_control > 0) {
      const [ours, theirs] = [row.sum_treated / row.events_treated, (row.control * row.n_control) / row.events_control];
      checks.push({
        check: `More buyers or larger baskets: ${of}`,
        result: `${formatPercent(row.events_treated / row.n_treated, 2)} of people with ${formatMoney(ours, currency)} each; held out ${formatPercent(row.events_control / row.n_control, 2)} with ${formatMoney(theirs, currency)}`,
        verdict: "the difference per person is both together"
      });
    }
    return checks;
  });
}

function amount(row: LiftRow, value: number, currency: string): string {
  return row.kind === "rate" ? formatPoints(value, 2) : formatMoney(value, currency);
}

function chance(p: number): string {
  return p < 0.0001 ? "< 0.0001" : `= ${p.toFixed(4)}`;
}
