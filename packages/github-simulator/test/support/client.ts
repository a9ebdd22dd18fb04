import type { Simulator } from "../../src/index.ts";
import { deviations } from "./openapi.ts";

export interface Answer {
  status: number;
  headers: Headers;
  text: string;
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- tests look into many shapes
  body: any;
}

export interface Client {
  (route: string, body?: unknown, headers?: Record<string, string>): Promise<Answer>;
  /** What GitHub's description says against the answers so far. */
  deviations: string[];
}

/** Asks the simulator as the holder of a token, and judges each answer by GitHub's description. */
export function createClient(simulator: Simulator, tokenName?: string): Client {
  const client = async (route: string, body?: unknown, headers: Record<string, string> = {}) => {
    const [method = "GET", path = "/"] = route.split(" ");
    const response = await fetch(simulator.url + path, {
      method,
      redirect: "manual",
      headers: {
        ...(tokenName ? { authorization: `Bearer ${simulator.world.tokenValue(tokenName)}` } : {}),
        ...headers,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (path !== "/graphql" && headers.accept === undefined) {
      const plain = path.replace(/\?.*$/, "");
      const found = deviations(method, plain, response.status, text);
      client.deviations.push(...found.map((deviation) => `${method} ${plain}: ${deviation}`));
    }
    const isJson = (response.headers.get("content-type") ?? "").includes("json");
    return {
      status: response.status,
      headers: response.headers,
      text,
      body: isJson && text !== "" ? JSON.parse(text) : undefined,
    };
  };
  client.deviations = [] as string[];
  return client;
}

export { sealBox as seal } from "../../src/world/secrets/sodium.ts";

export function base64(text: string): string {
  return Buffer.from(text).toString("base64");
}
