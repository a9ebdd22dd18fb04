import { day } from "../../format-text.ts";
import { placeIn, type SecretPlace } from "../../github/secrets/actions-secrets.ts";
import type { FilesRecord, SecretRecord, StackRecord } from "../../stack/stack-record.ts";
import { driftFinding, type DriftFinding, type DriftKind } from "./drift-finding.ts";
import type { DriftReader } from "./drift-reader.ts";

/**
 * Secrets that were overwritten or deleted, or whose list of repositories was changed.
 *
 * @param gone repositories that are reported as gone
 */
export function readSecretDrift(
  reader: DriftReader,
  records: readonly SecretRecord[],
  gone: ReadonlySet<string>,
): Promise<DriftFinding[]> {
  return reader.attemptEach(
    records,
    (record) => `read the secret ${nameOf(record)}`,
    (record) => compareSecret(reader, record, gone),
  );
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
export function readStraySecrets(
  reader: DriftReader,
  files: readonly FilesRecord[],
  name: string,
  gone: ReadonlySet<string>,
): Promise<DriftFinding[]> {
  return reader.attemptEach(
    files.filter(({ jobToken, repository }) => jobToken && !gone.has(repository)),
    ({ repository }) => `find secrets ${name} of ${repository}`,
    ({ repository }) => secretsIn(reader, { name, repository }, usedInsteadOfToken),
  );
}

const usedInsteadOfToken =
  "with which it publishes, and not with the job's own token (credential: job-token)";

/**
 * Secrets of the same name at a narrower scope, which GitHub prefers: environment before repository
 * before organisation. Those that the stack wrote itself, for the trial of a rotation or where a repository moves to a
 * secret of its own, are none. While a trial goes on, so are those of a repository that was renamed since: the stack knows
 * its secrets by the former name. Costs one request per repository, and one per environment.
 *
 * @see https://docs.github.com/en/actions/concepts/security/secrets#naming-your-secrets
 */
export function readShadows(
  reader: DriftReader,
  { secrets, files, isTrial }: Pick<StackRecord, "secrets" | "files" | "isTrial">,
  gone: ReadonlySet<string>,
): Promise<DriftFinding[]> {
  const applied = new Set(files.map(({ repository }) => repository.toLowerCase()));
  const renamed = isTrial
    ? secrets.flatMap(repositoriesOf).filter((name) => !applied.has(name.toLowerCase()))
    : [];
  const own = new Set([
    ...secrets.map(({ place }) => keyOf(place)),
    ...renamed.map((repository) => keyOf({ scope: "repository", owner: reader.owner, repository })),
  ]);
  const places = secrets.flatMap((record) => {
    const present = repositoriesOf(record).filter((repository) => !gone.has(repository));
    return present.map((repository) => ({ name: record.name, repository }));
  });
  return reader.attemptEach(
    places,
    ({ name, repository }) => `find other secrets ${name} of ${repository}`,
    (place) => secretsIn(reader, place, "which hides the fleet's", own),
  );
}

function keyOf(place: SecretPlace): string {
  const { repository, environment } = { repository: "", environment: "", ...place };
  return `${place.scope} ${repository} ${environment}`.toLowerCase();
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

/**
 * @param consequence the end of the sentence about such a secret
 * @param own keys of the places where the stack wrote one itself
 */
async function secretsIn(
  { github, owner, secrets, environments }: DriftReader,
  { name, repository }: { readonly name: string; readonly repository: string },
  consequence: string,
  own: ReadonlySet<string> = new Set(),
): Promise<DriftFinding[]> {
  const places = [undefined, ...(await environments.load(repository))];
  const found = await Promise.all(
    places.map(async (environment): Promise<DriftFinding[]> => {
      const place = placeIn({ owner, repository, environment });
      const secret = own.has(keyOf(place)) ? undefined : await secrets.read(place, name);
      if (!secret) return [];
      const where = environment === undefined ? "" : `the environment ${environment} of `;
      return [
        driftFinding({
          kind: "secret-shadowed",
          repository,
          subject: name,
          text: `${where}${owner}/${repository} has a secret ${name} of its own, ${consequence}`,
          at: new Date(secret.updatedAt).toISOString(),
          url: `${github.host.web}/${owner}/${repository}/settings/secrets/actions`,
          repair: { by: "deletion", repository, environment, name },
        }),
      ];
    }),
  );
  return found.flat();
}

function finding(record: SecretRecord, kind: DriftKind, text: string): DriftFinding {
  const { place, name: subject, urn } = record;
  const repository = place.scope === "organization" ? null : place.repository;
  return driftFinding({ kind, repository, subject, text, repair: { by: "update", urn } });
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
