import type { Octokit } from "@octokit/core";
import { z } from "zod";
import { withoutSecrets } from "../../without-secrets.ts";

const refusalSchema = z.object({ errors: z.array(z.object({ message: z.string() })) });

/**
 * Removes a client's token from the errors of its calls: a proxy's page may contain the request, and fetch
 * quotes a header that it does not accept.
 */
export function hideToken({ hook }: Octokit, token: string): void {
  hook.error("request", (error) => {
    error.message = withoutSecrets(error.message, [token]);
    throw error;
  });
  // GraphQL errors have the status 200.
  hook.after("request", ({ data }) => {
    if (!refusalSchema.safeParse(data).success) return;
    for (const error of (data as z.output<typeof refusalSchema>).errors) {
      error.message = withoutSecrets(error.message, [token]);
    }
  });
}
