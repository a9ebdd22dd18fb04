import type { Simulator } from "github-simulator";
import { createClient, type Answer, type Client } from "github-simulator/testing";

/**
 * Calls of a test to the simulated GitHub. A call that fails fails the test, so that no test goes on
 * from a state that was never reached.
 */
export interface GitHub extends Client {
  /** A call that must be answered with this status and no other, such as a refusal. */
  expecting(status: number, ...call: Parameters<Client>): Promise<Answer>;
}

/** GitHub for the holder of a token of the seed. */
export function gitHubAs(simulator: Pick<Simulator, "url" | "world">, token: string): GitHub {
  const client = createClient(simulator, token);
  const expecting = async (status: number | undefined, ...call: Parameters<Client>) => {
    const answer = await client(...call);
    const isExpected =
      status === undefined
        ? answer.status >= 200 && answer.status < 300 && answer.body?.errors === undefined
        : answer.status === status;
    if (isExpected) return answer;
    const wanted = status ?? "2xx without errors";
    throw new Error(`${call[0]}: answered ${answer.status}, not ${wanted}: ${answer.text}`);
  };
  return Object.assign((...call: Parameters<Client>) => expecting(undefined, ...call), {
    expecting,
  });
}
