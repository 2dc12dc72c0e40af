import type {FastifyInstance} from "fastify";
import {z} from "zod";
import {DefinitionError} from "../../lib/definitions/check.js";
import {slug} from "../../lib/definitions/fields.js";
import {dependents} from "../audiences/dependents.js";
import {changeState, InUse, savedAudience} from "../audiences/lifecycle.js";
import {recordedRuns} from "../audiences/ledgerTables.js";
import {judgeAudiences} from "../audiences/readAudiences.js";
import {readWorkspace, type Workspace} from "../workspace.js";
import {readBody} from "./readBody.js";
import {Refused} from "./refused.js";

const step = z.strictObject({to: z.enum(["published", "inactive", "deleted"]), replaceBy: slug.optional()});

type Place = {Params: {id: string}};

/**
 * `GET /audiences/:id`: an audience's state as its file says it now, what depends on it, and the audiences there are.
 * `POST /audiences/:id/state`: a checked step of its life; 409 with `dependents` where something uses it.
 */
export function audienceRoutes(
  app: FastifyInstance,
  workspace: Pick<Workspace, "root" | "landing" | "warehouse">
): void {
  const read = () => readWorkspace({data: workspace.root, landing: workspace.landing});
  app.get<Place>("/audiences/:id", async ({params: {id}}) => {
    const now = read();
    const {audiences} = judgeAudiences(now);
    const {definition} = known(() => savedAudience(audiences, id));
    return {
      id,
      state: definition.state,
      dependents: dependents(now, audiences, id),
      others: audiences
        .filter((other) => other.id !== id)
        .map((other) => ({id: other.id, name: other.definition.name, state: other.definition.state}))
    };
  });
  app.post<Place>("/audiences/:id/state", async ({params: {id}, body}) => {
    const {to, replaceBy} = readBody(step, body);
    const now = read();
    known(() => savedAudience(judgeAudiences(now).audiences, id));
    const last = await recordedRuns(workspace);
    try {
      return {id, to, ...changeState(now, id, to, {last, replaceBy})};
    } catch (error) {
      if (error instanceof DefinitionError) throw error;
      if (error instanceof InUse) throw new Refused(409, error.message, {dependents: error.dependents});
      throw new Refused(422, (error as Error).message);
    }
  });
}

function known<T>(find: () => T): T {
  try {
    return find();
  } catch (error) {
    throw new Refused(404, (error as Error).message);
  }
}
