import {afterEach, expect, test, vi} from "vitest";
import {landHint, tenfold} from "../../../src/components/tenfold.js";

/** A page with these meta elements, by name. */
function page(metas: Record<string, string>): void {
  const name = (selector: string) => /name="tenfold-(\w+)"/.exec(selector)![1]!;
  vi.stubGlobal("document", {querySelector: (selector: string) => ({content: metas[name(selector)]})});
}

afterEach(() => vi.unstubAllGlobals());

test("a preview's commands name the workspace, a built site's do not", () => {
  page({data: "../shop", companion: "http://127.0.0.1:3001#token"});
  expect(tenfold("status")).toBe("npx tenfold status --data ../shop");
  page({});
  expect(tenfold("status")).toBe("npx tenfold status");
});

test("landHint() knows that a preview takes in by itself what lands", () => {
  page({companion: "http://127.0.0.1:3001#token"});
  expect(landHint()).toBe("drop files into the workspace's landing folder: this preview takes them in by itself");
  page({});
  expect(landHint()).toBe("drop files into the workspace's landing folder, then run npx tenfold refresh");
});
