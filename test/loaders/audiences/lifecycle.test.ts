import {existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync} from "node:fs";
import {tmpdir} from "node:os";
import {join} from "node:path";
import {afterEach, beforeEach, describe, expect, it, vi} from "vitest";
import {changeState, withState} from "../../../loaders/audiences/lifecycle.js";
import type {Workspace} from "../../../loaders/workspace.js";
import {testWorkspace} from "./fixture.js";

/** The name of a file that the disk refuses to put into its place, or to give up. */
const failing = vi.hoisted((): {rename?: string; remove?: string} => ({}));
vi.mock("node:fs", async (original) => {
  const fs = await original<typeof import("node:fs")>();
  const refuse = (path: unknown, name: string | undefined) => {
    if (name !== undefined && String(path).endsWith(`/${name}`)) throw new Error("the disk is full");
  };
  return {
    ...fs,
    renameSync(...[from, to]: Parameters<typeof fs.renameSync>) {
      refuse(to, failing.rename);
      fs.renameSync(from, to);
    },
    rmSync(...[path, options]: Parameters<typeof fs.rmSync>) {
      refuse(path, failing.remove);
      fs.rmSync(path, options);
    }
  };
});

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
    expect(changeState(workspaceOf({gold: text}), "gold", "inactive").from).toBe("published");
    expect(read()).toBe(`# gold ones\nname: Gold\nstate: inactive\n${rule}# the end\n`);
    expect(changeState(workspaceOf({gold: read()}), "gold", "published").from).toBe("inactive");
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

  it("gives a deleted audience's place to another in everything that names it, and touches nothing else", () => {
    const files = {
      "audiences/a.yaml": `name: A\n${rule}`,
      "audiences/b.yaml": `name: B\n${rule}`,
      "audiences/user.yaml":
        "# uses it twice\nname: User\nrule:\n  all:\n    - {audience: a} # now\n    - none: [{audience: 'a', membership: left, within: 30 days}]\nsplit: {arms: {x: {where: {audience: \"a\"}}, y: {}}} # and here\n",
      "campaigns/spring.yaml": "name: Spring\naudience:   a   # who\n",
      "destinations/post.yaml": "# where\ndeliveries:\n  - {audience: b}\n  - audience: a\n    schedule: 0 6 * * 1\n"
    };
    for (const folder of ["campaigns", "destinations"]) mkdirSync(join(root, folder));
    for (const [file, text] of Object.entries(files)) writeFileSync(join(root, file), text);
    const ids = ["a", "b", "user"] as const;
    const workspace = workspaceOf(Object.fromEntries(ids.map((id) => [id, files[`audiences/${id}.yaml`]])), {
      campaigns: [{id: "spring", file: "campaigns/spring.yaml", audience: "a"}] as unknown as Workspace["campaigns"],
      destinations: [
        {id: "post", file: "destinations/post.yaml", deliveries: [{audience: "b"}, {audience: "a"}]}
      ] as unknown as Workspace["destinations"]
    });
    const {replaced} = changeState(workspace, "a", "deleted", {replaceBy: "b"});
    expect(replaced.map(({file}) => file)).toEqual([
      "audiences/user.yaml",
      "campaigns/spring.yaml",
      "destinations/post.yaml"
    ]);
    const read = (file: string) => readFileSync(join(root, file), "utf8");
    expect(existsSync(join(root, "audiences/a.yaml"))).toBe(false);
    expect(read("audiences/user.yaml")).toBe(
      "# uses it twice\nname: User\nrule:\n  all:\n    - {audience: b} # now\n    - none: [{audience: b, membership: left, within: 30 days}]\nsplit: {arms: {x: {where: {audience: b}}, y: {}}} # and here\n"
    );
    expect(read("campaigns/spring.yaml")).toBe("name: Spring\naudience:   b   # who\n");
    expect(read("destinations/post.yaml")).toBe(
      "# where\ndeliveries:\n  - {audience: b}\n  - audience: b\n    schedule: 0 6 * * 1\n"
    );
    expect(readdirSync(join(root, "audiences"))).toEqual(["b.yaml", "user.yaml"]);
  });

  it.each([
    ["user", "user", "audiences go round in a circle: user → user"],
    ["off", "user", 'audience "off" is inactive: nobody is in it; publish it'],
    ["idea", "user", 'audience "idea" is a draft: publish it first'],
    ["a", "user", 'audience "a" cannot take its own place'],
    ["bb", "user", 'unknown audience "bb"']
  ])("puts %s in nobody's place where that would be wrong, and touches no file", (other, id, message) => {
    const files = {
      a: `name: A\n${rule}`,
      off: `name: Off\nstate: inactive\n${rule}`,
      idea: `name: Idea\nstate: draft\n${rule}`,
      user: "name: User\nrule: {audience: a}\n"
    };
    expect(() => changeState(workspaceOf(files), "a", "deleted", {replaceBy: other})).toThrow(message);
    expect(readFileSync(join(root, `audiences/${id}.yaml`), "utf8")).toBe(files.user);
    expect(existsSync(join(root, "audiences/a.yaml"))).toBe(true);
  });

  it("leaves every file as it was where one of them cannot be put into its place", () => {
    const files = {a: `name: A\n${rule}`, b: `name: B\n${rule}`, one: "name: One\nrule: {audience: a}\n"};
    mkdirSync(join(root, "campaigns"));
    const spring = "name: Spring\naudience: a\n";
    writeFileSync(join(root, "campaigns/spring.yaml"), spring);
    const workspace = workspaceOf(files, {
      campaigns: [{id: "spring", file: "campaigns/spring.yaml", audience: "a"}] as unknown as Workspace["campaigns"]
    });
    failing.rename = "spring.yaml";
    expect(() => changeState(workspace, "a", "deleted", {replaceBy: "b"})).toThrow("the disk is full");
    failing.rename = undefined;
    failing.remove = "a.yaml";
    expect(() => changeState(workspace, "a", "deleted", {replaceBy: "b"})).toThrow("the disk is full");
    failing.remove = undefined;
    for (const [id, text] of Object.entries(files)) {
      expect(readFileSync(join(root, `audiences/${id}.yaml`), "utf8")).toBe(text);
    }
    expect(readFileSync(join(root, "campaigns/spring.yaml"), "utf8")).toBe(spring);
    expect(readdirSync(join(root, "audiences")).sort()).toEqual(["a.yaml", "b.yaml", "one.yaml"]);
  });

  it("replaces no name that an alias brings in", () => {
    const files = {
      a: `name: A\n${rule}`,
      b: `name: B\n${rule}`,
      user: "name: User\nrule: {any: [&it {audience: a}, *it]}\n"
    };
    expect(() => changeState(workspaceOf(files), "a", "deleted", {replaceBy: "b"})).toThrow(
      'audiences/user.yaml: rule.any.1.audience does not say "a" there itself: replace it by hand'
    );
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
