import type {FastifyInstance} from "fastify";
import {z} from "zod";
import {ruleSchema} from "../../lib/rules/schema.js";
import {countRule, RuleError} from "../audiences/countRule.js";
import {openSnapshot} from "../engine/snapshot.js";
import {readWorkspace, type Workspace} from "../workspace.js";
import {readBody} from "./readBody.js";
import {Refused} from "./refused.js";

const counted = z.strictObject({
  rule: ruleSchema,
  measure: z.strictObject({metric: z.string(), lookback: z.string()}).optional()
});

/**
 * `POST /count`: a rule counted in the warehouse, personal fields included: counts and sums, never a row of a person.
 * The snapshot of the last refresh is opened for each question and closed again, so that a refresh may replace it.
 */
export function countRoutes(app: FastifyInstance, workspace: Pick<Workspace, "root" | "landing" | "warehouse">): void {
  app.post("/count", async ({body}) => {
    const {rule, measure} = readBody(counted, body);
    const database = await openSnapshot(workspace);
    if (!database) throw new Refused(503, "nothing is refreshed yet: the warehouse is empty");
    try {
      return await countRule(
        database,
        readWorkspace({data: workspace.root, landing: workspace.landing}),
        rule,
        measure
      );
    } catch (error) {
      if (error instanceof RuleError) throw new Refused(422, error.message);
      throw error;
    } finally {
      database.close();
    }
  });
}
