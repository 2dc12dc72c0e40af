import type {Catalogue} from "./field.js";

/** What a description takes its words from. */
export interface Wording {
  fields: Catalogue;
  /** The workspace's currency, for amounts of unit `money`. */
  currency?: string;
}
