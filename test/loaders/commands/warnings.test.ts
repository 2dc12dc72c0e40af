import {afterAll, beforeAll, expect, test} from "vitest";
import {tenfoldHere} from "./inProcess.js";
import {openShop, type Shop} from "./shop.js";

let shop: Shop;
beforeAll(() => {
  shop = openShop();
});
afterAll(() => shop.close());

test("`tenfold refresh` warns of audiences that share a name", async () => {
  const rule = "rule: {attribute: tier, is: gold}\n";
  shop.write("audiences/gold.yaml", `name: Gold\n${rule}`);
  shop.write("audiences/silver.yaml", `name: Silver\n${rule}`);
  const run = (...args: string[]) => tenfoldHere("refresh", "--dry-run", ...args, "--data", shop.root);
  expect((await run()).stderr).not.toContain("warning");
  shop.write("audiences/best.yaml", `# the best\nname: "gold "\n${rule}`);
  expect((await run()).stderr).toContain('warning: audiences/gold.yaml:1: name: "Gold" is the name of audiences/best.yaml, too\n'); // prettier-ignore
  const {warnings} = JSON.parse((await run("--json")).stdout) as {warnings: {file: string}[]};
  expect(warnings.map(({file}) => file)).toEqual(["audiences/gold.yaml"]);
});
