import type { Simulator } from "../simulator.ts";

export interface Answer {
  status: number;
  headers: Headers;
  text: string;
  /** The parsed JSON; undefined where there is none. */
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- tests look into many shapes
  body: any;
}

type Call = (route: string, body?: unknown, headers?: Record<string, string>) => Promise<Answer>;

/**
 * `client("PUT /repos/acme/web/topics", { names: [] })`; redirects are not followed. A call that fails
 * throws, so that no test continues from a state that was never reached: a status that is not 2xx, or a GraphQL
 * answer with errors.
 */
export interface Client extends Call {
  /** A call that must be answered with this status and no other, such as a refusal. */
  expecting(status: number, ...call: Parameters<Call>): Promise<Answer>;
  /** A call with any answer, whose status the test compares itself. */
  attempt: Call;
}

/** Calls the simulated API with a token of the seed, or anonymously. */
export function createClient(
  simulator: Pick<Simulator, "url" | "world">,
  tokenName?: string,
): Client {
  const attempt: Call = async (route, body, headers = {}) => {
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
  return strictClient(attempt);
}

/** The client whose calls use this function. */
export function strictClient(attempt: Call): Client {
  const checked = async (status: number | undefined, ...call: Parameters<Call>) => {
    const answer = await attempt(...call);
    const isExpected =
      status === undefined
        ? answer.status >= 200 &&
          answer.status < 300 &&
          (answer.body as { errors?: unknown } | undefined)?.errors === undefined
        : answer.status === status;
    if (isExpected) return answer;
    const wanted = status ?? "2xx without errors";
    throw new Error(`${call[0]}: answered ${answer.status}, not ${wanted}: ${answer.text}`);
  };
  return Object.assign((...call: Parameters<Call>) => checked(undefined, ...call), {
    expecting: checked,
    attempt,
  });
}
