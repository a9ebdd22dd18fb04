import { gunzipSync } from "node:zlib";

/** https://git-scm.com/docs/protocol-common#_pkt_line_format */
export const flush = Buffer.from("0000");

/** A line with its length: four hexadecimal digits that are included in the length. */
export function pktLine(text: string): Buffer {
  const line = Buffer.from(text);
  return Buffer.concat([Buffer.from((line.length + 4).toString(16).padStart(4, "0")), line]);
}

/** The lines up to the first flush, and what follows it. */
export function readPktLines(body: Buffer): { lines: string[]; rest: Buffer } {
  const lines: string[] = [];
  for (let at = 0; at + 4 <= body.length;) {
    const length = Number.parseInt(body.toString("latin1", at, at + 4), 16);
    if (!(length >= 4)) return { lines, rest: body.subarray(at + 4) };
    lines.push(body.toString("utf8", at + 4, at + length).replace(/\n$/, ""));
    at += length;
  }
  return { lines, rest: Buffer.alloc(0) };
}

/** The body of a git request; git compresses longer ones. */
export interface GitRequest {
  asked: Buffer;
  encoding: string | undefined;
}

export function decodeRequest({ asked, encoding }: GitRequest): Buffer {
  return encoding === "gzip" || encoding === "x-gzip" ? gunzipSync(asked) : asked;
}
