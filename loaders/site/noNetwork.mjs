// Preloaded into Framework's process (not its loaders'): what it cannot find among the installed packages it would fetch
// from a registry or a CDN. That fails by name, whether there is a network or not.
const alternatives = {
  lodash: "`_` (lodash): use JavaScript's own array methods, or d3",
  arquero: "`aq` (Arquero): use a ```sql fence",
  echarts: "`echarts`: use Plot",
  leaflet: "`L` (Leaflet): use Plot's geo marks",
  "mapbox-gl": "`mapboxgl`: use Plot's geo marks",
  mermaid: "a `mermaid` diagram: draw it with Plot, or put an SVG file beside the page",
  katex: "`tex`: write the formula as text or as an SVG file",
  "@viz-js/viz": "`dot`: draw it with Plot, or put an SVG file beside the page",
  "@duckdb/duckdb-wasm": "`DuckDBClient` or front matter `sql:`: use a ```sql fence over the published tables",
  "sql.js": "SQLite files: let a source take the data in, then use a ```sql fence",
  "@observablehq/sqlite": "SQLite files: let a source take the data in, then use a ```sql fence",
  "parquet-wasm": "Parquet files: let a source take the data in, or use .csv, .json or .arrow",
  exceljs: "Excel files: save them as .csv",
  jszip: "zip files: unpack them",
  "topojson-client": "`topojson`: save the shapes as GeoJSON",
  "@observablehq/sample-datasets": "a sample dataset: put the file beside the page",
  "vega-lite-api": "`vl` (Vega-Lite): use Plot",
  "@uwdata/vgplot": "`vg` (vgplot): use Plot",
  react: "JSX: write a js fence with html`…`",
  "react-dom": "JSX: write a js fence with html`…`"
};

if (/framework[\\/]dist[\\/]bin[\\/]observable\.js$/.test(process.argv[1] ?? "")) {
  globalThis.fetch = async (input) => {
    const url = String(input?.url ?? input);
    const path = new URL(url).pathname.replace(/^\/npm\//, "/").slice(1);
    const name = /^(@[^/]+\/[^/@]+|[^/@]+)/.exec(decodeURIComponent(path))?.[1] ?? url;
    const what = url.includes("duckdb.org") ? alternatives["@duckdb/duckdb-wasm"] : alternatives[name];
    throw new Error(
      what
        ? `needs the network: ${what}`
        : `needs the network: ${name} is not installed: run \`npm install ${name}\` and import it without "npm:"`
    );
  };
}
