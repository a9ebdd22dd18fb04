/** No whole answer within this time counts as a lost connection: it is asked again, then told. */
const longestAnswerMs = 30_000;

/**
 * A `fetch` that answers in whole or not at all. octokit has no time-out of its own, and takes what
 * arrived of an answer that broke off for the answer: nobody would ask again.
 *
 * @see https://github.com/octokit/request.js/blob/v10.0.16/src/fetch-wrapper.ts
 */
export function inWhole(send: typeof fetch): typeof fetch {
  return async (input, init) => {
    const timeout = AbortSignal.timeout(longestAnswerMs);
    const signal = init?.signal ? AbortSignal.any([init.signal, timeout]) : timeout;
    try {
      const response = await send(input, { ...init, signal });
      const text = await response.clone().text();
      if (isJson(response.headers) && text !== "") JSON.parse(text);
      return response;
    } catch (error) {
      if (timeout.aborted) {
        throw new Error(`no answer within ${longestAnswerMs / 1000} s`, { cause: error });
      }
      if (!(error instanceof SyntaxError)) throw error;
      throw new Error("the answer broke off", { cause: error });
    }
  };
}

function isJson(headers: Headers): boolean {
  return /^application\/(?:json|vnd\.github\S*json)\b/.test(headers.get("content-type") ?? "");
}
