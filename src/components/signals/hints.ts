/** What each reject code means, and what to do about it; the data's own message is more exact where there is one. */
export const hints: Record<string, string> = {
  required_missing: "a value that the source requires is empty",
  wrong_type: "the value is not of the column's type",
  impossible_date: "there is no such day or time",
  not_in_values: "the value is none of the declared ones",
  out_of_range: "the value is below or above the declared limits",
  pattern_mismatch: "the value does not have the declared form",
  too_long: "the cell is longer than allowed",
  ragged_line: "the line has more or fewer fields than the header",
  bad_encoding: "the bytes are not text in the source's encoding",
  time_missing: "the event has no time",
  event_in_future: "the event is later than its file's arrival plus one day",
  unknown_event_type: "the event type is not declared",
  identity_missing: "the row does not say whose it is",
  identity_junk: "the id is a placeholder that many people share",
  id_missing: "the row has no id, so it could not be told from another",
  foreign_currency: "another currency than the workspace's, and no rate for that day"
};

/** The hint for a code, or the code itself with spaces. */
export function hintFor(code: string): string {
  return hints[code] ?? code.replaceAll("_", " ");
}
