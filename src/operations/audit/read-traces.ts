import { readSecret } from "../../github/secrets/actions-secrets.ts";
import { explainFailure, explaining } from "../../github/client/explain-failure.ts";
import type { GitHubClient } from "../../github/client/github-client.ts";
import { ContainerPackages } from "../../github/packages/container-packages.ts";
import { readAccount } from "../../github/repositories/read-account.ts";
import { createReadPace } from "../../github/client/pace/read-pace.ts";
import { isRefusal } from "../../github/client/unless-refused.ts";
import { readRunSpans, type RunSpan } from "../../github/actions/workflow-runs.ts";
import type { PackageRecord, SecretRecord, StackRecord } from "../../stack/stack-record.ts";
import { UserError } from "../../user-error.ts";
import type { Sighting } from "./sighting.ts";

export interface Traces {
  readonly sightings: readonly Sighting[];
  /** What could not be read this time, and why. */
  readonly failures: readonly string[];
  /** What GitHub does not let this token read, and why. */
  readonly refusals: readonly string[];
}

/**
 * What can be found without an audit log: when secrets were written, and images that were published while
 * no workflow of their repository ran. Costs one request per secret, two per package, and one for all.
 *
 * @param stack its name, for commands
 */
export async function readTraces(
  github: GitHubClient,
  owner: string,
  stack: string,
  { secrets, packages }: StackRecord,
  since: string,
): Promise<Traces> {
  let reader: Promise<ContainerPackages> | undefined;
  const readPackages = () =>
    (reader ??= readAccount(github, owner).then((each) => new ContainerPackages(github, each)));
  const pace = createReadPace();
  const failures: string[] = [];
  const refusals: string[] = [];
  const attempt = async (subject: string, read: () => Promise<Sighting[]>) => {
    try {
      return await pace(read);
    } catch (error) {
      const list = isRefusal(error, [403]) ? refusals : failures;
      list.push(explainFailure(error, subject).message);
      return [];
    }
  };
  const found = await Promise.all([
    ...secrets.map((secret) =>
      attempt(`read the secret ${placeOf(secret)}`, () => traceSecret(github, stack, secret)),
    ),
    ...packages.map((each) =>
      attempt(`read the versions of ${each.owner}/${each.image}`, () =>
        tracePackage(github, readPackages, each, since),
      ),
    ),
  ]);
  return { sightings: found.flat(), failures, refusals };
}

async function traceSecret(
  github: GitHubClient,
  stack: string,
  secret: SecretRecord,
): Promise<Sighting[]> {
  const { place, name, updatedAt, intact } = secret;
  const found = await readSecret(github, place, name);
  if (!found) throw new UserError(`cannot find out when ${placeOf(secret)} was written: ${unseen}`);
  if (intact && found.updatedAt === updatedAt) return [];
  const where = placeOf(secret);
  return [
    {
      rule: "secret-changed",
      level: "error",
      text: `${where} was overwritten, not by the stack; only an audit log would show by which account`,
      fix: `\`ghcr-fleet drift ${stack} --fix\` writes it again. If none of your people did it, treat the PAT as leaked: docs/leaked-pat.md`,
      source: `secret-changed ${where} ${found.updatedAt}`,
      at: new Date(found.updatedAt).toISOString(),
      repository: place.scope === "organization" ? null : `${place.owner}/${place.repository}`,
      actor: null,
      address: null,
    },
  ];
}

/** GitHub answers 404 in both cases. */
const unseen = "it was deleted, or the admin token may not see it";

/** Runs may last six hours. https://docs.github.com/en/actions/reference/limits */
const longestRun = 6 * 3_600_000;

async function tracePackage(
  github: GitHubClient,
  readPackages: () => Promise<ContainerPackages>,
  { owner, image, repository, existed }: PackageRecord,
  since: string,
): Promise<Sighting[]> {
  const versions = await (await readPackages()).readTaggedVersions(image);
  if (existed && versions.length === 0) {
    throw new UserError(`cannot find out what was published as ${owner}/${image}: ${unseen}`);
  }
  const recent = versions.filter(({ pushedAt }) => Date.parse(pushedAt) >= Date.parse(since));
  if (recent.length === 0) return [];
  const from = new Date(Date.parse(since) - longestRun).toISOString();
  const spans = await explaining(
    `read the workflow runs of ${owner}/${repository}, which show whether they published ${image}`,
    () => readRunSpans(github, { owner, repository }, from),
  );
  return recent
    .filter(({ pushedAt }) => !spans.some((span) => covers(span, pushedAt)))
    .map(({ digest, tags, pushedAt }) => ({
      rule: "package-published",
      level: "error",
      text: `${owner.toLowerCase()}/${image}:${tags.join(", ")} was published while no workflow of ${owner}/${repository} ran; only an audit log would show by which account`,
      fix: "Check what it is, and delete it if it is not yours. If none of your people published it, treat the PAT as leaked: docs/leaked-pat.md",
      source: `package-published ${image} ${digest}`,
      at: new Date(pushedAt).toISOString(),
      repository: `${owner}/${repository}`,
      actor: null,
      address: null,
    }));
}

/** With a minute of tolerance on both sides: clocks differ, and runs end after their last push. */
function covers({ start, end }: RunSpan, at: string): boolean {
  const moment = Date.parse(at);
  const last = end === undefined ? Infinity : Date.parse(end);
  return moment >= Date.parse(start) - 60_000 && moment <= last + 60_000;
}

function placeOf({ place, name }: SecretRecord): string {
  switch (place.scope) {
    case "organization":
      return `${name} of the organisation`;
    case "repository":
      return `${name} of ${place.owner}/${place.repository}`;
    case "environment":
      return `${name} of the environment ${place.environment} of ${place.owner}/${place.repository}`;
  }
}
