import type { z } from "zod";
import { ApiError } from "./api-error.ts";
import type { ApiContext } from "./env.ts";
import { invalidRequest } from "./invalid-request.ts";
import { unknownFields } from "./unknown-fields.ts";

/**
 * The request's JSON body, judged by a schema; what does not fit answers as GitHub does, and what
 * the schema does not know answers 501.
 */
export async function readBody<Schema extends z.ZodType>(
  c: ApiContext,
  schema: Schema,
  resource: string,
  /** The field that a bare array stands for, where the API takes one. */
  bareArray?: string,
): Promise<z.output<Schema>> {
  const text = await c.req.text();
  let body: unknown = {};
  if (text.trim() !== "") {
    try {
      body = JSON.parse(text);
    } catch {
      throw new ApiError(400, "Problems parsing JSON");
    }
  }
  if (Array.isArray(body) && bareArray !== undefined) body = { [bareArray]: body };
  if (typeof body !== "object" || body === null || Array.isArray(body)) {
    throw new ApiError(400, "Body should be a JSON object");
  }
  const result = schema.safeParse(body);
  if (result.success) {
    const unknown = unknownFields(schema, body);
    if (unknown.length === 0) return result.data;
    const asked = `${c.req.method} ${c.req.path}`;
    throw new ApiError(501, `the simulator does not implement ${unknown.join(", ")} of ${asked}`);
  }
  throw invalidRequest(result.error.issues, body, resource);
}
