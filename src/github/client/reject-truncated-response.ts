/** Without a complete answer within this time, the connection counts as lost, and the request is repeated. */
const longestAnswerMs = 30_000;

/**
 * A `fetch` that rejects incomplete answers. octokit has no time-out of its own, and returns the part that
 * arrived as if it were the answer, so the request would not be repeated.
 *
 * @see https://github.com/octokit/request.js/blob/v10.0.16/src/fetch-wrapper.ts
 */
export function rejectTruncated(send: typeof fetch): typeof fetch {
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
      throw new Error("the answer is incomplete", { cause: error });
    }
  };
}

function isJson(headers: Headers): boolean {
  return /^application\/(?:json|vnd\.github\S*json)\b/.test(headers.get("content-type") ?? "");
}
