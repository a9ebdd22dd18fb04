/** Without a complete answer within this time, the connection counts as lost, and the request is repeated. */
const longestAnswerMs = 30_000;

/** Ten times what GitHub answers with, which is the texts of the workflows of a hundred repositories. */
const longestAnswerMebibytes = 64;

/**
 * A `fetch` that rejects incomplete answers, and those that do not end. octokit has no time-out of its own, and returns the part that
 * arrived as if it were the answer, so the request would not be repeated.
 *
 * @see https://github.com/octokit/request.js/blob/v10.0.16/src/fetch-wrapper.ts
 */
export function rejectTruncated(send: typeof fetch): typeof fetch {
  return async (input, init) => {
    const timeout = AbortSignal.timeout(longestAnswerMs);
    const stop = new AbortController();
    const signals = [timeout, stop.signal, ...(init?.signal ? [init.signal] : [])];
    const signal = AbortSignal.any(signals);
    try {
      const response = await send(input, { ...init, signal });
      const text = await readText(response.clone());
      if (isJson(response.headers) && text !== "") JSON.parse(text);
      return response;
    } catch (error) {
      stop.abort();
      if (timeout.aborted) {
        throw new Error(`no answer within ${longestAnswerMs / 1000} s`, { cause: error });
      }
      if (!(error instanceof SyntaxError)) throw error;
      throw new Error("the answer is incomplete", { cause: error });
    }
  };
}

async function readText(answer: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  // Not with `for await`, which waits for the end of the other copy of the answer.
  const reader = (answer.body as ReadableStream<Uint8Array> | null)?.getReader();
  for (let read = await reader?.read(); read?.value; read = await reader?.read()) {
    size += read.value.byteLength;
    if (size > longestAnswerMebibytes * 1024 * 1024)
      throw new Error(`the answer is longer than ${longestAnswerMebibytes} MiB`);
    chunks.push(read.value);
  }
  return Buffer.concat(chunks).toString("utf8");
}

function isJson(headers: Headers): boolean {
  return /^application\/(?:json|vnd\.github\S*json)\b/.test(headers.get("content-type") ?? "");
}
