import {existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync} from "node:fs";
import {tmpdir} from "node:os";
import {join} from "node:path";
import {afterEach, beforeEach, describe, expect, it} from "vitest";
import {changeState, withState} from "../../../loaders/audiences/lifecycle.js";
import type {Workspace} from "../../../loaders/workspace.js";
import {testWorkspace} from "./fixture.js";

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "tenfold-lifecycle-"));
  mkdirSync(join(root, "audiences"));
});
afterEach(() => rmSync(root, {recursive: true}));

const rule = "rule: {attribute: tier, is: gold}\n";

function workspaceOf(audiences: Record<string, string>, more: Partial<Workspace> = {}): Workspace {
  for (const [id, text] of Object.entries(audiences)) writeFileSync(join(root, `audiences/${id}.yaml`), text);
  return {...testWorkspace(audiences), root, ...more};
}

describe("changeState(workspace, id, to)", () => {
  it("takes the steps that are allowed, and edits nothing but the state", () => {
    const text = `# gold ones\nname: Gold\n${rule}# the end\n`;
    const read = () => readFileSync(join(root, "audiences/gold.yaml"), "utf8");
    expect(changeState(workspaceOf({gold: text}), "gold", "inactive")).toBe("published");
    expect(read()).toBe(`# gold ones\nname: Gold\nstate: inactive\n${rule}# the end\n`);
    expect(changeState(workspaceOf({gold: read()}), "gold", "published")).toBe("inactive");
    expect(read()).toBe(`# gold ones\nname: Gold\nstate: published\n${rule}# the end\n`);
    changeState(workspaceOf({gold: read()}), "gold", "deleted");
    expect(existsSync(join(root, "audiences/gold.yaml"))).toBe(false);
  });

  it.each([
    ["published", "published", 'audience "a" is published: only draft or inactive ones can be published'],
    ["draft", "inactive", 'audience "a" is draft: only published ones can be deactivated'],
    ["inactive", "inactive", 'audience "a" is inactive: only published ones can be deactivated']
  ] as const)("refuses %s → %s", (from, to, message) => {
    const workspace = workspaceOf({a: `name: A\nstate: ${from}\n${rule}`});
    expect(() => changeState(workspace, "a", to)).toThrow(message);
  });

  it("deactivates and deletes nothing that is in use, and names what uses it", () => {
    const workspace = workspaceOf(
      {a: `name: A\n${rule}`, b: "name: B\nrule: {audience: a}\n"},
      {
        campaigns: [{id: "spring", file: "campaigns/spring.yaml", audience: "a"}] as unknown as Workspace["campaigns"],
        destinations: [
          {id: "post", file: "destinations/post.yaml", deliveries: [{audience: "a"}]}
        ] as unknown as Workspace["destinations"]
      }
    );
    for (const to of ["inactive", "deleted"] as const) {
      expect(() => changeState(workspace, "a", to)).toThrow(
        "audience b (audiences/b.yaml), campaign spring (campaigns/spring.yaml), destination post (destinations/post.yaml)"
      );
    }
    changeState(workspace, "b", "deleted");
  });

  it("publishes nothing that names a draft", () => {
    const workspace = workspaceOf({
      a: `name: A\nstate: draft\n${rule}`,
      b: "name: B\nstate: draft\nrule: {audience: a}\n"
    });
    expect(() => changeState(workspace, "b", "published")).toThrow('audience "a" is a draft: publish it first');
    expect(readFileSync(join(root, "audiences/b.yaml"), "utf8")).toContain("state: draft");
  });

  it("names the nearest audience", () => {
    expect(() => changeState(workspaceOf({gold: `name: G\n${rule}`}), "godl", "deleted")).toThrow(
      'unknown audience "godl": did you mean "gold"?'
    );
  });
});

describe("withState(text, state)", () => {
  it("keeps quotes and comments beside the state", () => {
    expect(withState(`name: A\nstate: "draft" # soon\n${rule}`, "published")).toBe(
      `name: A\nstate: published # soon\n${rule}`
    );
  });

  it("says so where the file is not written as a block", () => {
    expect(() => withState("{name: A, rule: {attribute: tier, is: gold}}", "inactive")).toThrow(
      "say `state: inactive` in the file yourself"
    );
  });
});
