import { gunzipSync } from "node:zlib";

/** The body of a request of git's, which compresses longer ones. */
export interface GitRequest {
  asked: Buffer;
  encoding: string | undefined;
}

export function decodeRequest({ asked, encoding }: GitRequest): Buffer {
  return encoding === "gzip" || encoding === "x-gzip" ? gunzipSync(asked) : asked;
}
