/** The files of a new workspace: one source of orders, two metrics. */
export function starter(name: string): Record<string, string> {
  return {
    "workspace.yaml": `# yaml-language-server: $schema=schemas/workspace.json
name: ${JSON.stringify(name)}
time_zone: UTC # of days and months: Europe/Berlin, America/New_York, …
currency: USD

# What customers are ranked by: one number per customer and window.
metrics:
  spend:
    label: Spend
    events: [commerce.purchase]
    expression: sum(value)
    unit: money
  orders:
    label: Orders
    events: [commerce.purchase]
    expression: count(*)
    unit: orders

# The windows; these are the default.
lookbacks: [1 month, 3 months, 6 months, 9 months, 12 months, lifetime]

# What customers are also ranked within: a property of their orders, or an attribute from a source of kind profiles.
# category: {property: shop, at: event}
`,
    "sources/orders.yaml": `# yaml-language-server: $schema=../schemas/source.json
description: One row per order.
files: ["orders*.csv", "orders/*"] # in landing/; also .tsv, .ndjson, .json, .parquet, and each of them as .gz

# Two rows with one order_id are one order, whichever file they come in. Without an id: {rule: row}.
id: {rule: column, column: order_id}

# How the file's columns read. The name here is the one used below; \`from\` is the header's, where it differs.
columns:
  order_id: {required: true} # e.g. {from: "Order No.", required: true}
  customer_id: {required: true}
  ordered_at: {type: timestamp, required: true} # dates will do; else e.g. format: "%d.%m.%Y %H:%M"
  amount: {type: decimal, required: true}
  # shop: {values: [Web, Store]}

# Who: the columns that say which customer it was. They are never published.
identities:
  - {namespace: customer, from: customer_id, primary: true}

# When and what.
time: ordered_at
events:
  - type: commerce.purchase
    when: amount >= 0
    value: amount
    # properties: {shop: {from: shop, publish: rows}}
  - type: commerce.refund
    when: amount < 0
    value: -amount
`,
    "README.md": `# ${name}

A Tenfold workspace: definitions in YAML and SQL, from which customers' deciles are derived.

- \`workspace.yaml\`: metrics, windows, currency, time zone
- \`sources/\`: one file per kind of record that comes in
- \`landing/\`: the records themselves, as they arrive (not in git)
- \`models/\`: derived tables of your own, in SQL; \`audiences/\`: saved rules; \`campaigns/\`: mailings and how they are judged
- \`destinations/\`: where audiences are sent; files for a folder go to \`exports\` (not in git: they hold addresses)
- \`schemas/\`: what editors check these files by
- \`warehouse/\`: everything made from the above (not in git; \`key\` is the secret that ids are made with: back it up)

In the folder of Tenfold itself:

    npx tenfold preview --data ${"<this folder>"}
    npx tenfold build --data ${"<this folder>"} --out dist
`,
    ".gitignore": "landing/\nwarehouse/\nexports/\n"
  };
}
