/** How records are split into fields. */
export interface Dialect {
  delimiter: string;
  quote: string;
  escape: string;
}

/** The fields of a text's first record; undefined where it ends inside quotes. */
export function firstRecord(text: string, {delimiter, quote, escape}: Dialect): string[] | undefined {
  const fields: string[] = [];
  let field = "";
  let quoted = false;
  for (let i = 0; i < text.length; ++i) {
    const c = text[i]!;
    if (quoted) {
      if (c === escape && text[i + 1] === quote) {
        field += quote;
        ++i;
      } else if (c === quote) quoted = false;
      else field += c;
    } else if (c === quote && field === "") quoted = true;
    else if (c === delimiter) {
      fields.push(field);
      field = "";
    } else if (c === "\n" || c === "\r") return [...fields, field];
    else field += c;
  }
  return quoted ? undefined : [...fields, field];
}

/** The delimiter that splits the header into most fields: comma, semicolon, tab or bar. */
export function guessDelimiter(header: string, quote: string): string {
  let best = {delimiter: ",", fields: 1};
  for (const delimiter of [",", ";", "\t", "|"]) {
    const fields = firstRecord(header, {delimiter, quote, escape: quote})?.length ?? 0;
    if (fields > best.fields) best = {delimiter, fields};
  }
  return best.delimiter;
}
