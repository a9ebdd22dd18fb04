import type { Session } from "../world/session.ts";

/** Who reads an answer, and which links it has; the variables of a request are one. */
export interface View extends Session {
  /** The API's address in links. */
  readonly api: string;
}
