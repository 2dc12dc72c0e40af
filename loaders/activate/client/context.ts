import type {DestinationDefinition, DestinationKind} from "../../../lib/definitions/destination.js";
import type {Named} from "../../workspace.js";
import type {Clock} from "./clock.js";
import type {Secrets} from "./secrets.js";

/** What a destination is opened with. */
export interface OpenContext<K extends DestinationKind = DestinationKind> {
  definition: Extract<DestinationDefinition, {kind: K}> & Pick<Named, "id">;
  /** The workspace's folder. */
  root: string;
  secrets: Secrets;
  clock: Clock;
}
