import type { ContentfulStatusCode } from "hono/utils/http-status";
import type { RefusalReason } from "../world/refusal.ts";

export interface FieldError {
  resource: string;
  field?: string;
  code: "missing" | "missing_field" | "invalid" | "already_exists" | "unprocessable" | "custom";
  message?: string;
}

/** An error answer in GitHub's form: `{message, documentation_url, status, errors?}`. */
export class ApiError extends Error {
  readonly status: ContentfulStatusCode;
  readonly errors: (FieldError | string)[] | undefined;
  readonly headers: Record<string, string>;
  readonly documentation: string;

  constructor(
    status: ContentfulStatusCode,
    message: string,
    extra: {
      errors?: (FieldError | string)[];
      headers?: Record<string, string>;
      documentation?: string;
    } = {},
  ) {
    super(message);
    this.status = status;
    this.errors = extra.errors;
    this.headers = extra.headers ?? {};
    this.documentation = extra.documentation ?? "https://docs.github.com/rest";
  }

  toJSON(): Record<string, unknown> {
    return {
      message: this.message,
      ...(this.errors !== undefined && { errors: this.errors }),
      documentation_url: this.documentation,
      status: String(this.status),
    };
  }
}

export function notFound(): ApiError {
  return new ApiError(404, "Not Found");
}

/** What was looked for; 404 if there is no such thing. */
export function orNotFound<Item>(item: Item | undefined): Item {
  if (item === undefined) throw notFound();
  return item;
}

export function validationFailed(...errors: (FieldError | string)[]): ApiError {
  return new ApiError(422, "Validation Failed", { errors });
}

/** The status with which REST answers a refusal of the world. */
export const refusalStatus: Readonly<Record<RefusalReason, ContentfulStatusCode>> = {
  "not-found": 404,
  forbidden: 403,
  conflict: 409,
  stale: 409,
  invalid: 422,
  "rule-violation": 422,
  "not-implemented": 501,
};
