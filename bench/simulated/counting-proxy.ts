import { Agent, createServer, request, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { performance } from "node:perf_hooks";
import { buffer } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";

/** How many requests of each kind. */
export interface Requests {
  restReads: number;
  restWrites: number;
  queries: number;
  mutations: number;
  registry: number;
  /**
   * Requests under the limit of 80 a minute and 500 an hour.
   * https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api#about-secondary-rate-limits
   */
  contentWrites: number;
}

export function noRequests(): Requests {
  return { restReads: 0, restWrites: 0, queries: 0, mutations: 0, registry: 0, contentWrites: 0 };
}

export const totalOf = (requests: Requests) =>
  requests.restReads +
  requests.restWrites +
  requests.queries +
  requests.mutations +
  requests.registry;

/**
 * A query costs one point and a mutation five.
 * https://docs.github.com/en/graphql/overview/rate-limits-and-query-limits-for-the-graphql-api#secondary-rate-limits
 */
export const graphqlPoints = ({ queries, mutations }: Requests) => queries + 5 * mutations;

export type Count = (method: string, path: string, body: Buffer) => void;

/** Stands before a server, counts, and has each request wait as on a way of `latency` milliseconds. */
export async function startProxy(
  target: string,
  { host, latency, count }: { host: string; latency: number; count: Count },
) {
  const agent = new Agent({ keepAlive: true });
  const server = createServer({ keepAliveTimeout: 60_000 }, (incoming, response) => {
    forward(incoming, response).catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `http://${host}:${(server.address() as AddressInfo).port}`;

  let open = 0;
  let since = 0;
  let answering = 0;
  const begin = () => {
    if (open === 0) since = performance.now();
    open += 1;
  };
  const end = () => {
    open -= 1;
    if (open === 0) answering += performance.now() - since;
  };

  async function forward(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = "GET", url: path = "/", headers } = incoming;
    const body = await buffer(incoming);
    count(method, path, body);
    await sleep(latency);
    begin();
    const answer = await new Promise<IncomingMessage>((resolve, reject) => {
      request(target + path, { method, headers, agent }, resolve)
        .once("error", reject)
        .once("close", end)
        .end(body);
    });
    // The registry names its own address, as GHCR does.
    const here = (text: string) => text.replaceAll(target, url);
    const rewritten = answer.rawHeaders.map(here);
    response.writeHead(answer.statusCode ?? 502, rewritten);
    answer.pipe(response);
  }

  return {
    url,
    /** Milliseconds since the last call in which the server had at least one request to answer. */
    takeAnswering() {
      const taken = answering;
      answering = 0;
      return taken;
    },
    async close() {
      server.closeAllConnections();
      agent.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** Requests after which something new stands on GitHub for people to read. */
const restContent =
  /^(?:PUT|DELETE) \/repos\/[^/]+\/[^/]+\/contents\/|^POST \/repos\/[^/]+\/[^/]+\/(?:git\/\w+|pulls|releases|merges|issues)$/;

export function countApi(requests: Requests): Count {
  return (method, path, body) => {
    if (path === "/graphql" || path === "/api/graphql") {
      const isMutation = /"query"\s*:\s*"(?:\s|\\n)*mutation\b/.test(body.toString("utf8"));
      requests[isMutation ? "mutations" : "queries"] += 1;
      if (isMutation) requests.contentWrites += 1;
    } else if (method === "GET" || method === "HEAD") requests.restReads += 1;
    else {
      requests.restWrites += 1;
      const [place = ""] = path.replace(/^\/api\/v3/, "").split("?");
      if (restContent.test(`${method} ${place}`)) requests.contentWrites += 1;
    }
  };
}
