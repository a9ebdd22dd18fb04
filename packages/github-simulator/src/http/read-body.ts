import type { z } from "zod";
import { ApiError } from "./api-error.ts";
import type { ApiContext } from "./env.ts";
import { invalidRequest } from "./invalid-request.ts";
import { unknownFields } from "./unknown-fields.ts";

/**
 * The request's JSON body, checked by a schema: invalid values get GitHub's refusal, and fields that
 * the schema does not know get 501.
 */
export async function readBody<Schema extends z.ZodType>(
  c: ApiContext,
  schema: Schema,
  resource: string,
  /** The field that a bare array is stored in, where the API accepts one. */
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
