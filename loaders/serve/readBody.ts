import type {z} from "zod";
import {Refused} from "./refused.js";

/** A request's JSON as its schema reads it. Throws Refused. */
export function readBody<T extends z.ZodType>(schema: T, body: unknown): z.output<T> {
  const {success, data, error} = schema.safeParse(body);
  if (success) return data;
  const [issue] = error.issues;
  const place = issue!.path.length > 0 ? `${issue!.path.join(".")}: ` : "";
  throw new Refused(400, `not what is expected here: ${place}${issue!.message.toLowerCase()}`);
}
