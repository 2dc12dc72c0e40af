import {expect, it} from "vitest";
import {fileName} from "../../../src/components/fileName.js";

it("fileName(text) leaves accents out, not letters, and nothing that a path could mistake", () => {
  expect(fileName("Treue Gäste & Größe")).toBe("treue-gaste-grosse");
  expect(fileName("../../etc/passwd")).toBe("etc-passwd");
  expect(fileName("  … ")).toBe("");
});
