/** Why the world does not do what was asked; REST and GraphQL each word the status their way. */
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
