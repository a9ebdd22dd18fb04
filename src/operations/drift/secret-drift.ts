import { day } from "../../format-text.ts";
import type { SecretPlace } from "../../github/secrets/actions-secrets.ts";
import type { FilesRecord, SecretRecord } from "../../stack/stack-record.ts";
import type { DriftFinding, DriftKind } from "./drift-finding.ts";
import type { DriftReader } from "./drift-reader.ts";

/**
 * Secrets that were overwritten or deleted, or whose list of repositories was changed.
 *
 * @param gone repositories that are reported as gone
 */
export async function readSecretDrift(
  reader: DriftReader,
  records: readonly SecretRecord[],
  gone: ReadonlySet<string>,
): Promise<DriftFinding[]> {
  const found = await Promise.all(
    records.map((record) =>
      reader.attempt(`read the secret ${nameOf(record)}`, () =>
        compareSecret(reader, record, gone),
      ),
    ),
  );
  return found.flat();
}

async function compareSecret(
  { owner, secrets }: DriftReader,
  record: SecretRecord,
  gone: ReadonlySet<string>,
): Promise<DriftFinding[]> {
  const { place, name, updatedAt, intact } = record;
  const found = await secrets.read(place, name);
  if (!found) return [finding(record, "secret-deleted", `${nameOf(record)} was deleted`)];
  const drifted: DriftFinding[] = [];
  if (!intact || (updatedAt !== undefined && found.updatedAt !== updatedAt)) {
    const last = intact && updatedAt ? ` after the stack's write of ${day(updatedAt)}` : "";
    const text = `${nameOf(record)} was overwritten${last}`;
    const at = new Date(found.updatedAt).toISOString();
    drifted.push({ ...finding(record, "secret-overwritten", text), at });
  }
  if (place.scope !== "organization") return drifted;
  if (found.visibility !== undefined && found.visibility !== "selected") {
    const others =
      found.visibility === "all"
        ? "all repositories, not only to those of the fleet"
        : "all private repositories, not only to those of the fleet, and to none that is public";
    const text = `${nameOf(record)} is given to ${others}`;
    return [...drifted, finding(record, "secret-widened", text)];
  }
  const audience = await secrets.audience(owner, name);
  return [...drifted, ...compareAudience(record, audience, gone)];
}

/** Compared by id, because a repository may have been renamed. */
function compareAudience(
  record: SecretRecord,
  audience: Readonly<Record<string, number>>,
  gone: ReadonlySet<string>,
): DriftFinding[] {
  const wanted = record.repositories ?? {};
  const given = new Set(Object.values(audience));
  const ours = new Set(Object.values(wanted));
  const extra = Object.keys(audience).filter((name) => !ours.has(audience[name] ?? 0));
  const missing = Object.keys(wanted).filter(
    (name) => !gone.has(name) && !given.has(wanted[name] ?? 0),
  );
  const list = (names: readonly string[]) => [...names].sort().join(", ");
  return [
    ...(extra.length > 0
      ? [finding(record, "secret-widened", `${nameOf(record)} is also given to ${list(extra)}`)]
      : []),
    ...(missing.length > 0
      ? [finding(record, "secret-narrowed", `${nameOf(record)} was taken from ${list(missing)}`)]
      : []),
  ];
}

/**
 * Secrets of the fleet's name in repositories that publish with the job's own token: they would publish with
 * that secret instead. Costs one request per repository, and one per environment.
 */
export async function readStraySecrets(
  reader: DriftReader,
  files: readonly FilesRecord[],
  name: string,
  gone: ReadonlySet<string>,
): Promise<DriftFinding[]> {
  const wanted = files.filter(({ jobToken, repository }) => jobToken && !gone.has(repository));
  const found = await Promise.all(
    wanted.map(({ repository }) =>
      reader.attempt(`find secrets ${name} of ${repository}`, () =>
        secretsIn(reader, { name, repository, skipsOwn: false }, usedInsteadOfToken),
      ),
    ),
  );
  return found.flat();
}

const usedInsteadOfToken =
  "with which it publishes, and not with the job's own token (credential: job-token)";

/**
 * Secrets of the same name at a narrower scope, which GitHub prefers: environment before repository
 * before organisation. Costs one request per repository, and one per environment.
 *
 * @see https://docs.github.com/en/actions/concepts/security/secrets#naming-your-secrets
 */
export async function readShadows(
  reader: DriftReader,
  records: readonly SecretRecord[],
  gone: ReadonlySet<string>,
): Promise<DriftFinding[]> {
  const found = await Promise.all(
    records.flatMap((record) =>
      repositoriesOf(record)
        .filter((repository) => !gone.has(repository))
        .map((repository) =>
          reader.attempt(`find other secrets ${record.name} of ${repository}`, () => {
            const skipsOwn = record.place.scope !== "organization";
            const about = { name: record.name, repository, skipsOwn };
            return secretsIn(reader, about, "which hides the fleet's");
          }),
        ),
    ),
  );
  return found.flat();
}

function repositoriesOf({ place, repositories = {} }: SecretRecord): string[] {
  switch (place.scope) {
    case "organization":
      return Object.keys(repositories);
    case "repository":
      return [place.repository];
    case "environment":
      return [];
  }
}

/** @param consequence the end of the sentence about such a secret */
async function secretsIn(
  { github, owner, secrets, environments }: DriftReader,
  {
    name,
    repository,
    skipsOwn,
  }: { readonly name: string; readonly repository: string; readonly skipsOwn: boolean },
  consequence: string,
): Promise<DriftFinding[]> {
  const places = [...(skipsOwn ? [] : [undefined]), ...(await environments.load(repository))];
  const found = await Promise.all(
    places.map(async (environment): Promise<DriftFinding[]> => {
      const own = { owner, repository };
      const narrower: SecretPlace =
        environment === undefined
          ? { scope: "repository", ...own }
          : { scope: "environment", environment, ...own };
      const secret = await secrets.read(narrower, name);
      if (!secret) return [];
      const where = environment === undefined ? "" : `the environment ${environment} of `;
      return [
        {
          kind: "secret-shadowed",
          repository,
          subject: name,
          text: `${where}${owner}/${repository} has a secret ${name} of its own, ${consequence}`,
          actor: null,
          at: new Date(secret.updatedAt).toISOString(),
          url: `${github.host.web}/${owner}/${repository}/settings/secrets/actions`,
          repair: { by: "deletion", repository, environment, name },
        },
      ];
    }),
  );
  return found.flat();
}

function finding(record: SecretRecord, kind: DriftKind, text: string): DriftFinding {
  const { place, name, urn } = record;
  return {
    kind,
    repository: place.scope === "organization" ? null : place.repository,
    subject: name,
    text,
    actor: null,
    at: null,
    url: null,
    repair: { by: "update", urn },
  };
}

function nameOf({ place, name }: SecretRecord): string {
  switch (place.scope) {
    case "organization":
      return `${name} of the organisation ${place.owner}`;
    case "repository":
      return `${name} of ${place.owner}/${place.repository}`;
    case "environment":
      return `${name} of the environment ${place.environment} of ${place.owner}/${place.repository}`;
  }
}
