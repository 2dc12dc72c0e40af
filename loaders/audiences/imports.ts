import type {GraphNode} from "../engine/node.js";
import {typescriptModel} from "../engine/typescriptModel.js";
import type {Workspace} from "../workspace.js";
import {failedAudiences} from "./failures.js";
import {fileHash, importIds} from "./importFile.js";
import type {Plan} from "./plan.js";

/** `derived.audience_imports`: how many ids each imported audience's file has, and how many of them name nobody. */
export function importsNode(workspace: Workspace, {audiences}: Plan): GraphNode {
  const imported = audiences.flatMap(({id, definition: {file}}) => (file ? [{id, file}] : []));
  const name = "derived.audience_imports";
  return typescriptModel({
    header: {
      name,
      description: "Files of ids that audiences are made of.",
      grain: "one row per audience made of a file",
      key: ["audience_id"],
      columns: {
        audience_id: "the file's name",
        ids: {description: "different ids in the file", unit: "ids"},
        unmatched: {description: "of these, how many name nobody known", unit: "ids"}
      }
    },
    file: "loaders/audiences/imports.ts",
    inputs: [...(imported.length > 0 ? ["core.identities", "core.profiles"] : []), "derived.audience_failures"],
    content: imported.map(({id, file}) => [id, file, fileHash(workspace, file.path)]),
    async build({database}) {
      await database.run(`create table ${name}__new (audience_id varchar, ids bigint, unmatched bigint)`);
      const failed = await failedAudiences(database);
      for (const {id, file} of imported) {
        if (failed.has(id)) continue;
        const {ids, unmatched} = await importIds(database, workspace, file, "audience_imported");
        await database.run(`insert into ${name}__new values ($id, $ids, $unmatched)`, {id, ids, unmatched});
        await database.run("drop table audience_imported");
      }
    }
  });
}
