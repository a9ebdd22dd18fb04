import type { Handler } from "hono";
import { ApiError } from "../http/api-error.ts";
import type { Env } from "../http/env.ts";
import type { Budget } from "../http/rate-limits.ts";

export function answerGraphql(_budget: Budget): Handler<Env> {
  return () => {
    throw new ApiError(501, "the simulator does not implement POST /graphql");
  };
}
