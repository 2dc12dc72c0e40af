import type {CampaignDefinition} from "./campaign.js";
import type {Mistake} from "./check.js";
import type {Definitions, Located} from "./located.js";
import {show, unknownName} from "./explain.js";
import {formatLookback, parseLookback} from "./lookback.js";
import {eventTypes} from "./vocabulary.js";

/** What a campaign says of the workspace's metrics and the sources' events, and shares with no other campaign. */
export function crossCampaign(
  campaign: Located<CampaignDefinition>,
  {workspace, sources, campaigns}: Definitions,
  position: number
): Mistake[] {
  const {value, mistake, says} = campaign;
  const mistakes: Mistake[] = [];
  const types = new Set(sources.flatMap((source) => eventTypes(source.value)));
  const events = (path: (string | number)[], given: string[]) => {
    if (sources.length === 0 || !says(path)) return;
    given.forEach((type, i) => {
      if (types.has(type)) return;
      const unknown = unknownName("event type", type, types).replace("unknown ", "");
      mistakes.push(mistake([...path, i], `no source yields ${unknown}`));
    });
  };
  events(["conversion", "events"], value.conversion.events);
  for (const [name, measure] of Object.entries(value.measures)) events(["measures", name, "events"], measure.events);
  const {metric, lookback} = value.ranked_by;
  const metrics = workspace.value.metrics;
  if (metric !== undefined && !(metric in metrics)) {
    mistakes.push(mistake(["ranked_by", "metric"], unknownName("metric", metric, Object.keys(metrics))));
  } else if (lookback !== undefined) {
    const ranked = metrics[metric ?? Object.keys(metrics)[0]!]!;
    const lookbacks = (ranked.lookbacks ?? workspace.value.lookbacks).map((text) =>
      formatLookback(parseLookback(text)!)
    );
    if (!lookbacks.includes(formatLookback(parseLookback(lookback)!))) {
      mistakes.push(
        mistake(["ranked_by", "lookback"], `expected one of ${lookbacks.join(", ")}, not ${show(lookback)}`)
      );
    }
  }
  const taken = new Map(campaigns.slice(0, position).flatMap((c) => (c.value.ids ?? [c.id]).map((id) => [id, c.file])));
  for (const [i, id] of (value.ids ?? [campaign.id]).entries()) {
    const other = taken.get(id);
    if (other !== undefined) mistakes.push(mistake(["ids", i], `${show(id)} belongs to ${other} already`));
  }
  return mistakes;
}
