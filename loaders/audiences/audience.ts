import type {AudienceDefinition} from "../../lib/definitions/audience.js";
import type {Named} from "../workspace.js";

/** A saved audience: what its file says, and its name. */
export interface Audience extends Named {
  definition: AudienceDefinition;
}
