import type {FastifyInstance} from "fastify";
import {z} from "zod";
import {slug} from "../../lib/definitions/fields.js";
import {activate} from "../activate/activate.js";
import {DeliveryError} from "../activate/destination.js";
import {openSnapshot} from "../engine/snapshot.js";
import {checkDestination} from "../sending.js";
import {readWorkspace, type Workspace} from "../workspace.js";
import {definitionFile, kinds} from "./definitionFiles.js";
import {readBody} from "./readBody.js";
import {Refused} from "./refused.js";

const planned = z.strictObject({
  audience: slug,
  destination: slug,
  campaign: slug.optional(),
  edits: z.array(z.strictObject({kind: z.enum(kinds), id: slug, text: z.string()})).default([])
});

/**
 * `POST /dry-run`: what a delivery would send, as definitions that need not be saved say: counts, reasons and twenty
 * masked rows, from the snapshot of the last refresh. `POST /destinations/:id/check`: whether a destination is there.
 * Neither sends anybody anything.
 */
export function activationRoutes(
  app: FastifyInstance,
  workspace: Pick<Workspace, "root" | "landing" | "warehouse">
): void {
  const read = (edits?: Map<string, string | undefined>) =>
    readWorkspace({data: workspace.root, landing: workspace.landing, edits});
  app.post("/dry-run", async ({body}) => {
    const {edits, ...options} = readBody(planned, body);
    const edited = read(new Map(edits.map(({kind, id, text}) => [definitionFile(kind, id), text])));
    const database = await openSnapshot(workspace);
    if (!database) throw new Refused(503, "nothing is refreshed yet: there are no members to send");
    try {
      return await refusing(activate(database, edited, {...options, dryRun: true}));
    } finally {
      database.close();
    }
  });
  app.post<{Params: {id: string}}>("/destinations/:id/check", async ({params: {id}}) => {
    return {health: await refusing(checkDestination(read(), id))};
  });
}

/** What keeps a delivery from being planned, or a destination from answering, is the reader's to mend. */
async function refusing<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    throw new Refused(error instanceof DeliveryError ? 502 : 422, (error as Error).message);
  }
}
