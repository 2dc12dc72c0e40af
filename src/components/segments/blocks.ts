import type {Rule} from "../../lib/rules/rule.js";
import type {Catalogue} from "../../lib/rules/field.js";
import {formatCount, formatPercent, formatShort} from "../format.js";
import {eventName, fieldsOfEvents} from "./eventNames.js";
import type {Events} from "./events.js";
import {eventProfileField, fieldTitle, firstCondition, type ProfileField} from "./fields.js";
import type {AudienceRow} from "./SavedAudiences.js";

/** Something that a rule can be built of, as it stands in the panel of blocks. */
export interface Block {
  tab: "Attributes" | "Events" | "Audiences";
  /** The heading it stands under. */
  group: string;
  title: string;
  /** Type and share filled, in a few words. */
  facts: string;
  description: string;
  /** What is known of its values, for the picture on demand. */
  field?: ProfileField;
  /** Why it is not counted in the browser, where it is not. */
  unpublished?: string;
  /** A rule about it to begin with. */
  make(): Rule;
}

/** The blocks of attributes, metrics and deciles; one for each metric, whose lookback is chosen later. */
export function fieldBlocks(fields: readonly ProfileField[]): Block[] {
  return kinds.flatMap(([kind, group]) =>
    representatives(fields.filter((field) => field.kind === kind)).map((field) => ({
      tab: "Attributes" as const,
      group,
      title: fieldTitle({...field, lookback: undefined}),
      facts: facts(field),
      description: field.description,
      ...(field.published === false ? {unpublished: notPublished} : {field}),
      make: () => firstCondition(field)
    }))
  );
}

/** The blocks whose words contain each word of the search, those whose title begins with it first. */
export function searchBlocks(blocks: readonly Block[], search: string): Block[] {
  const words = search.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return [...blocks];
  const found = blocks.filter((block) => {
    const text = `${block.title} ${block.group} ${block.field?.name ?? ""} ${block.description}`.toLowerCase();
    return words.every((word) => text.includes(word));
  });
  const rank = ({title}: Block) => {
    const text = title.toLowerCase();
    return text.startsWith(words[0]!) ? 0 : words.every((word) => text.includes(word)) ? 1 : 2;
  };
  return found
    .map((block) => ({block, rank: rank(block)}))
    .sort((a, b) => a.rank - b.rank)
    .map(({block}) => block);
}

/** The blocks of event types, and of a sequence of the two commonest. */
export function eventBlocks({surroundings, spread}: Events, known: Catalogue, everybody: number): Block[] {
  const {eventTypes} = surroundings;
  if (eventTypes.length === 0) return [];
  const blocks = eventTypes.map(({name, description = "", events, profiles, published}): Block => {
    const fields = fieldsOfEvents(name, known).map(({label}) => label);
    const value = surroundings.eventFields.find((field) => field.name === "value");
    const amounts = spread(name, "value");
    const share = everybody > 0 ? `${formatPercent(Math.min(1, profiles / everybody), 0)} of customers` : "";
    return {
      tab: "Events",
      group: "Events",
      title: eventName(name, known),
      facts: [`${formatShort(events)} events`, share].filter(Boolean).join(" · "),
      description: [description, `${name}: ${fields.join(", ")}.`].filter(Boolean).join(" "),
      ...(value && amounts.quantiles.length > 0 && {field: {...eventProfileField(value, new Date(0), amounts)}}),
      ...(published === false && {unpublished: notPublished}),
      make: () => ({event: name})
    };
  });
  const [first, second = first] = [...eventTypes].sort((a, b) => Number(b.published) - Number(a.published));
  return [
    ...blocks,
    {
      tab: "Events",
      group: "Sequences",
      title: "Sequence",
      facts: "first this, then that",
      description: "Events in the order of time, with time between them, and with what must not happen in between.",
      make: () => ({sequence: [{event: first!.name}, {event: second!.name, within: "30 days"}]})
    }
  ];
}

/** The blocks of saved audiences. */
export function audienceBlocks(audiences: readonly AudienceRow[]): Block[] {
  return audiences.map(({audience_id, name, description, profiles, sentence}) => ({
    tab: "Audiences",
    group: "Audiences",
    title: name,
    facts: `${formatCount(profiles)} customers`,
    description: description ?? sentence,
    make: () => ({audience: audience_id})
  }));
}

const notPublished =
  "Its values are not published: rules about it are counted by the command, or in a preview; they can be built and saved here.";

const kinds = [
  ["attribute", "Profile"],
  ["metric", "Metrics"],
  ["decile", "Deciles"],
  ["value", "Expected value"],
  ["rfm", "RFM"]
] as const;

/** Of fields that differ by lookback alone the one over 12 months, or the longest. */
function representatives(fields: ProfileField[]): ProfileField[] {
  const byName = new Map<string, ProfileField>();
  for (const field of fields) {
    const known = byName.get(field.name);
    if (!known || known.lookback !== "12 months") byName.set(field.name, field);
  }
  return [...byName.values()];
}

function facts(field: ProfileField): string {
  const {type, shareFilled, distinct, quantiles} = field;
  if (field.published === false) return "not published";
  const filled = `${formatPercent(shareFilled, shareFilled > 0.99 && shareFilled < 1 ? 1 : 0)} filled`;
  if (field.kind === "decile") return `1 to ${field.buckets ?? 10} · ${formatPercent(shareFilled, 0)} active`;
  const name = type === "string" ? "text" : type === "boolean" ? "yes or no" : type;
  const spread =
    type === "string" ? `${formatCount(distinct)} ${distinct === 1 ? "value" : "values"}` : medianOf(field, quantiles);
  return [name, filled, spread].filter(Boolean).join(" · ");
}

function medianOf({type, kind}: ProfileField, quantiles: number[]): string {
  if (quantiles.length === 0 || kind === "decile" || type === "date" || type === "timestamp") return "";
  const median = quantiles[10]!;
  // Four digits may be a year, which takes no comma.
  return `median ${Number.isInteger(median) && Math.abs(median) < 10_000 ? median : formatShort(median)}`;
}
