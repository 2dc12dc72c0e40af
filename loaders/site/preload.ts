/**
 * A page's HTML that asks for the data of the first cell that reads any while its modules come: otherwise they wait until
 * every module has run.
 */
export function withPreloads(html: string): string {
  const paths = new Map(
    [...html.matchAll(/^registerFile\(("[^"]+"), \{.*?"path":("[^"]+")/gm)].map(([, name, path]) => [name!, path!])
  );
  const cells = html.split(/^define\(/m).slice(1);
  const reads = cells.map((cell) => [
    ...cell.matchAll(/\bFileAttachment\(("[^"]+")\)\s*\.(?:arrow|csv|json|text|tsv)\(/g)
  ]);
  const first = new Set(reads.find((files) => files.length > 0)?.map(([, name]) => paths.get(name!)));
  // As `fetch` of the same address asks for it: anything else would be loaded twice.
  const links = [...first].filter(Boolean).map((path) => `<link rel="preload" as="fetch" crossorigin href=${path}>\n`);
  return html.replace('<script type="module">', (script) => links.join("") + script);
}
