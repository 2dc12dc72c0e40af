import {enumType} from "./columns.js";
import type {Check} from "./checks.js";
import type {Expression} from "./expressions.js";

/** A value in an event's column, over the staging table. */
export interface Field {
  sql: string;
  /** The same in every row of the file. */
  constant: boolean;
  /** Applied only after sorting: codes of a closed vocabulary sort and move faster than their texts. */
  cast?: "varchar";
}

/** Collects what the pass over a file computes, each distinct expression once, and what it checks. */
export class StagingPlan {
  /** Column of the staging table → SQL over the typed columns. */
  readonly columns = new Map<string, string>();
  readonly checks: Check[] = [];
  private readonly names = new Map<string, string>();

  /** The staging column that holds an expression. */
  stage(sql: string): string {
    let name = this.names.get(sql);
    if (!name) {
      name = `_x${this.columns.size}`;
      this.columns.set(name, sql);
      this.names.set(sql, name);
    }
    return name;
  }

  /** An expression as a value of a type; a row where the cast fails is refused. `on` narrows the rows it matters in. */
  field(expression: Expression | undefined, type: string, place: string, on: string): Field {
    if (!expression) return {sql: `null::${type}`, constant: true};
    if (expression.constant !== undefined) return {sql: `${expression.sql}::${type}`, constant: true};
    if (expression.values && type === "VARCHAR") return this.coded(expression.sql, expression.values);
    if (expression.type === type) return {sql: this.stage(expression.sql), constant: false};
    const sql = this.stage(`try_cast(${expression.sql} as ${type})`);
    if (type !== "VARCHAR") {
      this.checks.push({
        code: "wrong_type",
        column: place,
        level: 2,
        condition: `${on}${sql} is null and try(${expression.sql}) is not null`,
        value: `try(${expression.sql})::varchar`,
        message: `${place} cannot be read as ${type.toLowerCase()}`
      });
    }
    return {sql, constant: false};
  }

  /** A text of a closed vocabulary, as codes. */
  coded(sql: string, values: string[]): Field {
    const name = this.stage(`try_cast(${sql} as ${enumType(values)})`);
    return {sql: name, constant: false, cast: "varchar"};
  }
}
