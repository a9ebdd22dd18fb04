import type { Simulator } from "../../src/index.ts";
import * as testing from "../../src/testing/client.ts";
import { deviations } from "./openapi.ts";

export type { Answer, Client } from "../../src/testing/client.ts";

/** Media types that ask for another body than the described JSON. */
const otherMedia = /octet-stream|\.(?:diff|patch|raw|sha|object)\b/;

/**
 * Calls the simulator with a token. Each answer, including refusals, must be one that GitHub's
 * description allows; the simulator's own 501 is not, and passes only if a test expects it.
 */
export function createClient(simulator: Simulator, tokenName?: string): testing.Client {
  const { attempt } = testing.createClient(simulator, tokenName);
  return testing.strictClient(async (route, body, headers) => {
    const answer = await attempt(route, body, headers);
    const [method = "GET", path = "/"] = route.split(" ");
    if (path === "/graphql" || answer.status === 501) return answer;
    const isOtherMedia = answer.status < 400 && otherMedia.test(headers?.["accept"] ?? "");
    const found = deviations(
      method === "HEAD" ? "GET" : method,
      path
        .replace(/\?.*$/, "")
        .replace(/^\/api\/v3/, "")
        .replace(/^\/repositories\/\d+/, "/repos/owner/name"),
      answer.status,
      method === "HEAD" || isOtherMedia ? undefined : answer.text,
    );
    if (found.length > 0) throw new Error([`${route}:`, ...found].join("\n"));
    return answer;
  });
}

export { sealBox as seal } from "../../src/world/secrets/sodium.ts";

export function base64(text: string): string {
  return Buffer.from(text).toString("base64");
}
