import { gitBlobId } from "../../../src/github/contents/git-blob-id.ts";
import type { FileTexts } from "../../../src/operations/preview/file-texts.ts";

/** Texts as a preview reads them. */
export function textsIn(...texts: string[]): FileTexts {
  return { present: new Map(), texts: new Map(texts.map((text) => [gitBlobId(text), text])) };
}
