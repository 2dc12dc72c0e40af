import type {Rule} from "../../lib/rules/rule.js";
import {formatCount, formatPercent, formatShort} from "../format.js";
import {fieldTitle, firstCondition, type ProfileField} from "./fields.js";

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
      field,
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

const kinds = [
  ["attribute", "Profile"],
  ["metric", "Metrics"],
  ["decile", "Deciles"]
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
  const filled = `${formatPercent(shareFilled, shareFilled > 0.99 && shareFilled < 1 ? 1 : 0)} filled`;
  if (field.kind === "decile") return `1 to ${field.buckets ?? 10} · ${formatPercent(shareFilled, 0)} active`;
  const name = type === "string" ? "text" : type === "boolean" ? "yes or no" : type;
  const spread =
    type === "string" ? `${formatCount(distinct)} ${distinct === 1 ? "value" : "values"}` : medianOf(field, quantiles);
  return [name, filled, spread].filter(Boolean).join(" · ");
}

function medianOf({type, kind}: ProfileField, quantiles: number[]): string {
  if (quantiles.length === 0 || kind === "decile" || type === "date" || type === "timestamp") return "";
  return `median ${formatShort(quantiles[10])}`;
}
