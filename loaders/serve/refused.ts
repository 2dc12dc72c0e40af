import type {Mistake} from "../../lib/definitions/check.js";
import type {Dependent} from "../audiences/dependents.js";

/** A request that is not carried out, and why; `more` joins the message in the answer. */
export class Refused extends Error {
  constructor(
    /** The HTTP status. */
    readonly status: number,
    message: string,
    readonly more: {
      mistakes?: Mistake[];
      version?: string | null;
      text?: string;
      dependents?: Dependent[];
    } = {}
  ) {
    super(message);
    this.name = "Refused";
  }
}
