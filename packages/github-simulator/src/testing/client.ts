import type { Simulator } from "../simulator.ts";

export interface Answer {
  status: number;
  headers: Headers;
  text: string;
  /** The parsed JSON; undefined where there is none. */
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- tests look into many shapes
  body: any;
}

/** `client("PUT /repos/acme/web/topics", { names: [] })`; redirects are not followed. */
export type Client = (
  route: string,
  body?: unknown,
  headers?: Record<string, string>,
) => Promise<Answer>;

/** Calls the simulated API as the holder of a token of the seed, or as nobody. */
export function createClient(
  simulator: Pick<Simulator, "url" | "world">,
  tokenName?: string,
): Client {
  return async (route, body, headers = {}) => {
    const [method = "GET", path = "/"] = route.split(" ");
    const response = await fetch(simulator.url + path, {
      method,
      redirect: "manual",
      headers: {
        ...(tokenName && { authorization: `Bearer ${simulator.world.tokenValue(tokenName)}` }),
        ...headers,
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    const isJson = (response.headers.get("content-type") ?? "").includes("json");
    return {
      status: response.status,
      headers: response.headers,
      text,
      body: isJson && text !== "" ? (JSON.parse(text) as unknown) : undefined,
    };
  };
}
