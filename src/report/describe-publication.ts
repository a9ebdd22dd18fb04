import { basename } from "node:path/posix";
import type { RepositoryStatus } from "../operations/status/fleet-status.ts";

type Publication = RepositoryStatus["publications"][number];

/** "images.yml, job web: ghcr.io/acme/web" */
export function describePublication({ file, job, images }: Publication): string {
  const named = images.filter((image) => image !== "");
  const what = named.length > 0 ? named.join(", ") : "an image that only the run knows";
  return `${basename(file)}, job ${job}: ${what}`;
}

/** With what its logins log in: "GHCR_PAT, else the job's token". */
export function describeCredentials(
  { credentials, call, getsSecret = true }: Publication,
  secret: string,
): string {
  if (call && credentials.length === 0) {
    return call.isPassed
      ? `${secret}, passed to ${call.workflow}`
      : `the login of ${call.workflow}`;
  }
  const words: Record<Publication["credentials"][number]["kind"], string> = {
    right: getsSecret
      ? `${secret}, else the job's token`
      : `the job's token: it does not deploy to the environment that has ${secret}`,
    replaceable: "a credential that a repair replaces",
    carried: "a credential that is passed to it",
    "other-secret": "another secret",
    chosen: "a credential that depends on a condition",
    made: "a credential that only the run knows",
    pasted: "a password in the file",
    absent: "no password in the file",
  };
  const kinds = [
    ...new Set(
      credentials.map(({ kind, isToken }) => (isToken ? "the job's own token" : words[kind])),
    ),
  ];
  return kinds.length > 0 ? kinds.join("; ") : "no login in the file";
}
