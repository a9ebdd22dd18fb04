import type { Octokit } from "@octokit/core";
import { z } from "zod";
import { withoutSecrets } from "../../without-secrets.ts";

const refusalSchema = z.object({ errors: z.array(z.object({ message: z.string() })) });

/**
 * Keeps a client's token out of what its calls throw: a proxy may show what it was sent, and fetch
 * quotes a header that it does not accept.
 */
export function hideToken({ hook }: Octokit, token: string): void {
  hook.error("request", (error) => {
    error.message = withoutSecrets(error.message, [token]);
    throw error;
  });
  // GraphQL refuses with status 200.
  hook.after("request", ({ data }) => {
    if (!refusalSchema.safeParse(data).success) return;
    for (const error of (data as z.output<typeof refusalSchema>).errors) {
      error.message = withoutSecrets(error.message, [token]);
    }
  });
}
