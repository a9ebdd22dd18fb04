import type { Session } from "../world/session.ts";

/** For whom and with which links an answer is written; the variables of a request are one. */
export interface View extends Session {
  /** The API's address in links. */
  readonly api: string;
}
