import { runSimulate, SeedError } from "github-simulator";
import { UsageError, UserError } from "../../user-error.ts";

export interface SimulateOptions {
  /** Of the API; 0 chooses a free one. */
  port: number;
  /** Of the registry; 0 chooses a free one. */
  registryPort: number;
  /** A seed file; default: the organisation acme. */
  seed?: string;
}

/** Serves GitHub and GHCR until it is interrupted; prints each request on stderr. */
export async function simulate(options: SimulateOptions): Promise<void> {
  await runSimulate({
    ...options,
    print: (line) => process.stdout.write(`${line}\n`),
    log: (line) => process.stderr.write(`${line}\n`),
  }).catch((error: unknown) => {
    if (error instanceof SeedError) throw new UsageError(error.message);
    const { code, port } = error as NodeJS.ErrnoException & { port?: number };
    if (code !== "EADDRINUSE") throw error;
    throw new UserError(
      `port ${port} is in use: stop the process that listens there, or give 0 for a free one`,
    );
  });
}
