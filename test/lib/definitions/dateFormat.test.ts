import {expect, test} from "vitest";
import {dateFormat, patternLike} from "../../../lib/definitions/dateFormat.js";

test("a format is a name or a strptime pattern; one in letters is answered with the pattern that it means", () => {
  for (const format of ["iso", "epoch_s", "epoch_ms", "%d.%m.%Y"]) expect(dateFormat.parse(format)).toBe(format);
  expect(dateFormat.safeParse("dd.MM.yyyy HH:mm").error!.issues[0]!.message).toBe(
    'expected iso, epoch_s, epoch_ms or a pattern such as "%d.%m.%Y %H:%M", not "dd.MM.yyyy HH:mm"'
  );
});

test("patternLike(letters) tells months from minutes, and falls back to an example", () => {
  expect(patternLike("YYYY-MM-DD")).toBe('"%Y-%m-%d"');
  expect(patternLike("m/d/yy hh:mm:ss")).toBe('"%m/%d/%y %H:%M:%S"');
  expect(patternLike("german")).toBe('"%d.%m.%Y %H:%M"');
});
