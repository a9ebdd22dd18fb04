import { z } from "zod";
import type { Account } from "../../account.ts";
import { explainFailure } from "../../github/client/explain-failure.ts";
import type { GitHubClient } from "../../github/client/github-client.ts";
import { readAccount } from "../../github/repositories/read-account.ts";
import { parseAnswer } from "../../github/client/parse-answer.ts";
import { createReadPace, type ReadPace } from "../../github/client/pace/read-pace.ts";
import { createFileLoader, type FileLoader } from "../../github/contents/read-files.ts";
import {
  createEnvironmentNames,
  type EnvironmentNames,
} from "../../github/repositories/environment-names.ts";
import { createSecretReader, type SecretReader } from "../../github/secrets/secret-reader.ts";
import { CentralCommits } from "../../github/repositories/central-commits.ts";
import type { PinSource } from "./brought-pins.ts";
import type { DriftFinding } from "./drift-finding.ts";
import { isSameName } from "../../is-same-name.ts";

/** Reads each thing on GitHub once, also where several findings need it. */
export interface FleetReading {
  readonly files: FileLoader;
  readonly environments: EnvironmentNames;
  readonly secrets: SecretReader;
  /** Of the central repository of a shared workflow. */
  readonly commits: CentralCommits;
  /** For each request. */
  readonly pace: ReadPace;
}

export function createFleetReading(
  github: GitHubClient,
  owner: string,
  pace = createReadPace(),
): FleetReading {
  return {
    files: createFileLoader(github, owner),
    environments: createEnvironmentNames(github, owner, pace),
    secrets: createSecretReader(github, pace),
    commits: new CentralCommits(github),
    pace,
  };
}

/** Reads GitHub part by part: what cannot be read is recorded, and the rest is still read. */
export interface DriftReader extends PinSource, FleetReading {
  readonly owner: string;
  /** The owner and its kind; read once, where there is no fleet that knows it. */
  account(): Promise<Account>;
  /** What could not be read, and why. */
  readonly unread: readonly string[];
  /** Repositories that wait for the merge of the fleet's own pull request, with its address. */
  readonly waiting: ReadonlyMap<string, string>;
  reportWaiting(repository: string, url: string): void;
  /** Adds to {@link unread} what could not be judged. */
  reportUnknown(text: string): void;
  /** Why the token may not see all repositories of the owner, if so; read once. */
  whyPartialView(): Promise<string | undefined>;
  attempt(
    what: string,
    read: () => Promise<DriftFinding[]>,
    otherwise?: DriftFinding[],
  ): Promise<DriftFinding[]>;
  /** Reads each of the records in this way. */
  attemptEach<T>(
    records: readonly T[],
    what: (record: T) => string,
    read: (record: T) => Promise<DriftFinding[]>,
  ): Promise<DriftFinding[]>;
}

/** @param known the owner as the fleet describes it, if there is a fleet */
export function createDriftReader(
  github: GitHubClient,
  owner: string,
  known: Account | undefined,
  reading: FleetReading,
): DriftReader {
  const unread: string[] = [];
  const waiting = new Map<string, string>();
  let account = known && Promise.resolve(known);
  const readOnce = () => (account ??= readAccount(github, owner));
  let view: Promise<string | undefined> | undefined;
  const attempt: DriftReader["attempt"] = (what, read, otherwise = []) =>
    read().catch((error: unknown) => {
      unread.push(explainFailure(error, what).message);
      return otherwise;
    });
  return {
    ...reading,
    github,
    owner,
    account: readOnce,
    unread,
    waiting,
    reportWaiting: (repository, url) => void waiting.set(repository, url),
    reportUnknown: (text) => void unread.push(text),
    whyPartialView: () => (view ??= readOnce().then((each) => whyPartialView(github, each))),
    attempt,
    async attemptEach(records, what, read) {
      const found = records.map((each) => attempt(what(each), () => read(each)));
      return (await Promise.all(found)).flat();
    },
  };
}

const userSchema = z.object({ login: z.string() });

/** GitHub returns this field only to owners of an organisation. */
const organisationSchema = z.object({ default_repository_permission: z.string().nullish() });

/**
 * Why a token may not see every repository of an owner. GitHub answers 404 both for hidden and for
 * deleted ones, so only a token that sees everything can distinguish them.
 *
 * @returns nothing where the token sees all repositories
 * @see https://docs.github.com/en/rest/orgs/orgs#get-an-organization
 * @see https://docs.github.com/en/rest/users/users#get-the-authenticated-user
 * @see https://docs.github.com/en/apps/oauth-apps/building-oauth-apps/scopes-for-oauth-apps
 */
async function whyPartialView(
  github: GitHubClient,
  { owner, ownerKind }: Account,
): Promise<string | undefined> {
  const route = ownerKind === "User" ? "GET /user" : "GET /orgs/{org}";
  const { data, headers } = await github.request(route, { org: owner });
  const scopes = headers["x-oauth-scopes"];
  if (scopes === undefined) return "only a classic token is known to see every repository";
  if (!scopes.split(/,\s*/).includes("repo")) return "it lacks the scope repo";
  if (ownerKind === "User") {
    const { login } = parseAnswer(userSchema, data, route);
    return isSameName(login, owner) ? undefined : `it is a token of ${login}`;
  }
  return parseAnswer(organisationSchema, data, route).default_repository_permission == null
    ? `its account is not an owner of ${owner}, or it lacks the scope admin:org`
    : undefined;
}
