import { InvalidArgumentError } from "commander";
import { globProblem, namePatterns } from "../../fleet/name-patterns.ts";

// Parse the text of an answer, given as an option or typed.

/** An entry of `ghcr-fleet:fleet.repositories`, without settings. */
export type Selector =
  { readonly name: string } | { readonly match: string } | { readonly topic: string };

export function parseOwner(text: string): string {
  if (namePatterns.owner.test(text)) return text;
  throw new InvalidArgumentError("Give the organisation or user as in github.com/<owner>.");
}

/** `topic:container`, `service-*` or `api` */
export function parseSelector(text: string): Selector {
  const topic = /^topic:([a-z0-9][a-z0-9-]{0,49})$/.exec(text)?.[1];
  if (topic !== undefined) return { topic };
  if (namePatterns.repository.test(text)) return { name: text };
  const problem = globProblem(text);
  if (problem === undefined) return { match: text };
  throw new InvalidArgumentError(
    `Give a name, a pattern such as service-*, or a topic such as topic:container. ${JSON.stringify(text)} ${problem}.`,
  );
}

/** https://www.pulumi.com/docs/iac/concepts/state-and-backends/ */
const backendUrl = /^(?:s3|azblob|gs|postgres|file|https):\/\/[^\s"]+$/;

/** The URL of a back end. */
export function parseBackend(text: string): string {
  if (text === "folder") return "file://.";
  if (text === "cloud") return "https://api.pulumi.com";
  if (backendUrl.test(text) && !hasPassword(text)) return text;
  throw new InvalidArgumentError(
    hasPassword(text)
      ? "Leave the password out, because the file is committed: set PULUMI_BACKEND_URL instead."
      : "Give folder, cloud, or a URL that begins with s3://, azblob://, gs://, postgres://, https:// or file://.",
  );
}

function hasPassword(text: string): boolean {
  return /^[a-z0-9]+:\/\/[^/@]*:[^/@]*@/.test(text);
}

export function parseStackName(text: string): string {
  if (/^[A-Za-z0-9_.-]{1,100}$/.test(text)) return text;
  throw new InvalidArgumentError("Give letters, digits, -, _ and . only.");
}
