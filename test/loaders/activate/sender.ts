// A process of its own that sends and may be killed at any moment: `sender.ts <root> <options as JSON>`.
import {activate} from "../../../loaders/activate/activate.js";
import {openWarehouse} from "../../../loaders/engine/warehouse.js";
import {testWorkspace, type SendingOptions} from "./sending.js";

const [root, json] = process.argv.slice(2) as [string, string];
const {destinations, campaigns = {}, env} = JSON.parse(json) as SendingOptions;
const workspace = testWorkspace(root, destinations, campaigns);
const database = await openWarehouse(workspace);
for (const destination of Object.keys(destinations)) {
  const campaign = destination === "mail" ? "spring" : undefined;
  const {status} = await activate(database, workspace, {audience: "rising", destination, campaign, env});
  if (status === "failed") throw new Error(`${destination} failed`);
}
database.close();
process.stdout.write("done\n");
