import {expect, it} from "vitest";
import {commandLine} from "../../lib/commandLine.js";

it("names the workspace's folder where the command would not find it, as one word", () => {
  expect(commandLine("refresh")).toBe("npx tenfold refresh");
  expect(commandLine("refresh", "../shop")).toBe("npx tenfold refresh --data ../shop");
  expect(commandLine("status", "Ann's shop")).toBe("npx tenfold status --data 'Ann'\\''s shop'");
});
