import { BlockList, isIP } from "node:net";
import { z } from "zod";
import { explaining } from "../client/explain-failure.ts";
import type { GitHubClient } from "../client/github-client.ts";
import { readAnswer } from "../client/parse-answer.ts";

const metaSchema = z.object({ actions: z.array(z.string()).optional() });

/**
 * The networks of GitHub-hosted runners, in CIDR notation; some thousands.
 *
 * @returns none where the server does not list them, such as GitHub Enterprise Server
 * @see https://docs.github.com/en/rest/meta/meta#get-github-meta-information
 */
export async function readActionsAddresses(github: GitHubClient): Promise<string[]> {
  const found = await explaining("read the addresses of GitHub's runners", () =>
    readAnswer(github, metaSchema, "GET /meta"),
  );
  return found.actions ?? [];
}

/** Whether an address is in one of the networks, such as `203.0.113.7` or `203.0.113.0/24`. */
export function networksContain(networks: readonly string[]): (address: string) => boolean {
  const list = new BlockList();
  for (const network of networks) {
    const [base = "", length] = network.split("/");
    const family = familyOf(base);
    if (!family) continue;
    list.addSubnet(
      base,
      length === undefined ? (family === "ipv4" ? 32 : 128) : Number(length),
      family,
    );
  }
  return (address) => {
    const family = familyOf(address);
    return family !== undefined && list.check(address, family);
  };
}

function familyOf(address: string): "ipv4" | "ipv6" | undefined {
  switch (isIP(address)) {
    case 4:
      return "ipv4";
    case 6:
      return "ipv6";
    default:
      return undefined;
  }
}
