import {createHash} from "node:crypto";
import type {BuildContext, GraphNode} from "../engine/node.js";

/**
 * Whether the table last built for a node was made of the same rows as it would be now, as `node.reads` tells; records
 * what they are now.
 */
export async function isOfSame(node: GraphNode, {database, asOf, full}: BuildContext): Promise<boolean> {
  if (node.reads === undefined) return false;
  const {name} = node;
  const read = await database.value<string>(node.reads, {as_of: asOf});
  const fingerprint = createHash("sha256")
    .update(JSON.stringify([node.fingerprint, node.header, read]))
    .digest("hex");
  const known = await database.value<string>(
    "select fingerprint from runs.partitions where name = $name and partition = ''",
    {name}
  );
  if (known === fingerprint && !full) return true;
  await database.run("delete from runs.partitions where name = $name", {name});
  await database.run("insert into runs.partitions (name, partition, fingerprint) values ($name, '', $fingerprint)", {
    name,
    fingerprint
  });
  return false;
}
