import { request } from "node:http";
import { Readable } from "node:stream";

/**
 * A `fetch` whose connections come from another address of this machine, such as 127.0.0.66: all
 * of 127.0.0.0/8 is local. For plain http.
 */
export function fetchFrom(localAddress: string): typeof fetch {
  return async (input, init) => {
    const asked = new Request(input, init);
    const body = Buffer.from(await asked.arrayBuffer());
    return new Promise<Response>((resolve, reject) => {
      const sent = request(asked.url, {
        method: asked.method,
        headers: Object.fromEntries(asked.headers),
        localAddress,
      });
      sent.once("error", reject);
      sent.once("response", (answer) => {
        const headers = Object.entries(answer.headersDistinct).flatMap(([name, values = []]) =>
          values.map((value): [string, string] => [name, value]),
        );
        const status = answer.statusCode ?? 500;
        const hasBody = ![204, 304].includes(status);
        const stream = Readable.toWeb(answer) as ReadableStream;
        resolve(new Response(hasBody ? stream : null, { status, headers }));
      });
      sent.end(body);
    });
  };
}
