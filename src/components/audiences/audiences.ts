import type {Row} from "../data.js";

/** A row of `audiences.arrow`. */
export interface Audience extends Row {
  audience_id: string;
  name: string;
  description: string | null;
  state: string;
  kind: string;
  version: number;
  sentence: string;
  rule: string | null;
  /** What else the definition says, as JSON. */
  settings: string;
  profiles: number;
  change: number | null;
  share: number | null;
  value: number;
  share_value: number | null;
  metric: string;
  lookback: string;
  base_profiles: number;
  evaluated_as_of: Date | null;
  schedule: string | null;
  next_due_at: Date | null;
  review_at: Date | null;
  unmatched: number | null;
  /** Why it could not be evaluated; null where it could. */
  failure: string | null;
  used_by: string;
}

/** A row of `audience_sizes.arrow`. */
export interface AudienceDay extends Row {
  audience_id: string;
  date: Date;
  state: string;
  profiles: number;
  entered: number;
  left: number;
  churn: number | null;
  value: number;
  share: number | null;
}

/** A row of `audience_decile_mix.arrow`. */
export interface MixOfDay extends Row {
  audience_id: string;
  date: Date;
  bucket: number | null;
  profiles: number;
  value: number;
}

/** A row of `audience_combinations.arrow`: members who are in exactly these others. */
export interface Combination extends Row {
  audience_id: string;
  others: string;
  degree: number;
  profiles: number;
  value: number;
}

/** A row of `audience_arms.arrow`. */
export interface AudienceArm extends Row {
  audience_id: string;
  arm: string | null;
  is_holdout: boolean;
  profiles: number;
  value: number;
}

/** A row of `audience_reach.arrow`. */
export interface Reached extends Row {
  audience_id: string | null;
  channel: string;
  reason: string;
  profiles: number;
}

/** A row of `audience_examples.arrow`. */
export interface Example extends Row {
  audience_id: string;
  place: number;
  profile_id: string;
  arm: string | null;
  entered_at: Date;
  reason: string;
  category: string | null;
  decile: number | null;
  value: number | null;
}

/** What uses an audience, in words: `campaign spring, audience rising`. */
export function usedBy({used_by}: Pick<Audience, "used_by">): {kind: string; id: string}[] {
  return (used_by ?? "")
    .split(",")
    .filter((text) => text !== "")
    .map((text) => {
      const [kind, ...id] = text.split(":");
      return {kind: kind!, id: id.join(":")};
    });
}

const reasons: Record<string, string> = {
  first_run: "in from the first evaluation",
  matched: "came to meet it",
  rule_changed: "the definition changed",
  published: "the audience was published again",
  arm_changed: "changed arms"
};

/** Why somebody is in, in words. */
export function reasonInWords(reason: string): string {
  return reasons[reason] ?? reason.replaceAll("_", " ");
}

const kinds: Record<string, string> = {rule: "by rule", file: "from a file of ids", model: "from a model"};

/** What says who is meant, in words. */
export function kindInWords(kind: string): string {
  return kinds[kind] ?? kind;
}
