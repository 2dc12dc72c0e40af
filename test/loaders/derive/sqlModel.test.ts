import {describe, expect, test} from "vitest";
import {sqlModel} from "../../../loaders/derive/sqlModel.js";
import {model, plainWarehouse} from "./build.js";

describe("sqlModel()", () => {
  const mistakes = async (text: string) => {
    const warehouse = await plainWarehouse();
    const result = await sqlModel(warehouse.database, warehouse.workspace, {
      file: "models/m.sql",
      text,
      isBuiltIn: false
    });
    return result.mistakes.map(({line, message}) => `${line}: ${message}`);
  };

  test("finds tables in joins, subqueries and CTEs, not the CTEs themselves", async () => {
    const warehouse = await plainWarehouse();
    const {node} = await sqlModel(warehouse.database, warehouse.workspace, {
      file: "models/m.sql",
      isBuiltIn: false,
      text: model(
        "derived.m",
        `with recursive a as (select 1 as id union all select id + 1 from a where id < 3), b as (from core.x)
         select id from a join derived.y using (id) where id in (select id from b union from core.z) and $as_of is not null`
      )
    });
    expect(node!.inputs).toEqual(["core.x", "core.z", "derived.y"]);
    expect(node!.usesAsOf).toBe(true);
  });

  test("says what is wrong, and where", async () => {
    expect(await mistakes("select 1")).toEqual(["1: no header: a model begins with /* --- , YAML, --- */"]);
    expect(await mistakes(model("derived.m", "select\n  now() as id"))).toEqual([
      "8: now gives other rows at every run: use $as_of"
    ]);
    expect(await mistakes(model("derived.m", "select id,, 2 from x"))).toEqual([
      expect.stringMatching(/^7: syntax error at or near ","/)
    ]);
    expect(await mistakes(model("derived.m", "drop table core.events"))).toEqual([
      expect.stringContaining("only a select")
    ]);
    expect(await mistakes(model("derived.m", "select 1 as id; select 2 as id"))).toEqual([
      expect.stringContaining("expected one select statement, found 2")
    ]);
    expect(await mistakes(model("derived.m", "from read_csv('/etc/passwd')"))).toEqual([
      "7: a model reads tables only, not read_csv(): let a source take the file in"
    ]);
    expect(await mistakes(model("derived.m", "select $key as id"))).toEqual([
      '7: unknown parameter "$key": there are $as_of, $time_zone and $currency'
    ]);
    expect(await mistakes(model("core.events", "select 1 as id"))).toEqual([
      expect.stringContaining('2: name: the schema "core" is Tenfold\'s own')
    ]);
    expect(await mistakes(model("derived.m", "select 1 as id", "kye: [id]"))).toEqual([expect.stringContaining("kye")]);
  });
});
