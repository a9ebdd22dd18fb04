/** Why the world refuses a request; REST and GraphQL each have their own form for the status. */
export type RefusalReason =
  | "not-found"
  | "forbidden"
  | "conflict"
  | "invalid"
  | "stale"
  | "rule-violation"
  | "not-implemented";

export class Refusal extends Error {
  readonly reason: RefusalReason;

  constructor(reason: RefusalReason, message: string) {
    super(message);
    this.reason = reason;
  }
}
