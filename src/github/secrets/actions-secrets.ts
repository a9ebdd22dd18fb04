import { z } from "zod";
import type { GitHubClient } from "../client/github-client.ts";
import { parseAnswer, readAnswer } from "../client/parse-answer.ts";
import { isRefusal, unlessMissing } from "../client/unless-refused.ts";

/** The place of an Actions secret. */
export type SecretPlace =
  | { readonly scope: "organization"; readonly owner: string }
  | { readonly scope: "repository"; readonly owner: string; readonly repository: string }
  | {
      readonly scope: "environment";
      readonly owner: string;
      readonly repository: string;
      readonly environment: string;
    };

/** The place of a secret of a repository, or of one of its environments. */
export function placeIn({
  owner,
  repository,
  environment,
}: {
  readonly owner: string;
  readonly repository: string;
  readonly environment: string | undefined;
}): SecretPlace {
  return environment === undefined
    ? { scope: "repository", owner, repository }
    : { scope: "environment", owner, repository, environment };
}

interface SecretWrite {
  /** Sealed box, base64. */
  readonly box: string;
  readonly keyId: string;
  /** Organisation secrets only: the repositories that may use it. */
  readonly repositoryIds: readonly number[] | undefined;
}

const publicKeySchema = z
  .object({ key_id: z.string(), key: z.string() })
  .transform(({ key_id: keyId, key }) => ({ keyId, key }));
/** The key in base64. */
type PublicKey = Readonly<z.output<typeof publicKeySchema>>;

const secretSchema = z
  .object({
    updated_at: z.iso.datetime({ offset: true }),
    visibility: z.enum(["all", "private", "selected"]).optional(),
  })
  .transform(({ updated_at: updatedAt, visibility }) => ({ updatedAt, visibility }));
/** When it was written: ISO-8601, whole seconds, from GitHub's clock. Only organisation secrets have a visibility. */
export type SecretMetadata = Readonly<z.output<typeof secretSchema>>;

const repositoriesSchema = z.array(z.object({ id: z.int(), name: z.string() }));
const pageSchema = z.object({ total_count: z.int(), repositories: repositoriesSchema });

/**
 * The folder of secrets in the REST API, e.g. `/repos/acme/api/actions/secrets`.
 * @see https://docs.github.com/en/rest/actions/secrets
 */
export function secretsPath(place: SecretPlace): string {
  const owner = encodeURIComponent(place.owner);
  if (place.scope === "organization") return `/orgs/${owner}/actions/secrets`;
  const repository = `/repos/${owner}/${encodeURIComponent(place.repository)}`;
  return place.scope === "repository"
    ? `${repository}/actions/secrets`
    : `${repository}/environments/${encodeURIComponent(place.environment)}/secrets`;
}

/** @returns `undefined` where the place does not exist or the token may not see it */
export function readPublicKey(
  github: GitHubClient,
  place: SecretPlace,
): Promise<PublicKey | undefined> {
  const route = `GET ${secretsPath(place)}/public-key`;
  return unlessMissing(() => readAnswer(github, publicKeySchema, route));
}

/** @returns `undefined` where there is no such secret */
export function readSecret(
  github: GitHubClient,
  place: SecretPlace,
  name: string,
): Promise<SecretMetadata | undefined> {
  const route = `GET ${secretsPath(place)}/${name}`;
  return unlessMissing(() => readAnswer(github, secretSchema, route));
}

/**
 * Creates or replaces the secret in place, so that it exists all the time.
 * @returns the time of the answer by GitHub's clock, as in its `Date` header
 */
export async function writeSecret(
  github: GitHubClient,
  place: SecretPlace,
  name: string,
  { box, keyId, repositoryIds }: SecretWrite,
): Promise<string | undefined> {
  const { headers } = await github.request(`PUT ${secretsPath(place)}/${name}`, {
    encrypted_value: box,
    key_id: keyId,
    ...(repositoryIds && { visibility: "selected", selected_repository_ids: repositoryIds }),
  });
  return headers.date;
}

/** Succeeds also if there is no such secret. */
export async function deleteSecret(
  github: GitHubClient,
  place: SecretPlace,
  name: string,
): Promise<void> {
  await unlessMissing(() => github.request(`DELETE ${secretsPath(place)}/${name}`));
}

/** The repositories that may use an organisation secret: name to id. */
export async function readSecretRepositories(
  github: GitHubClient,
  owner: string,
  name: string,
): Promise<Record<string, number>> {
  const route = `GET ${repositoriesPath(owner, name)}`;
  const pages = await github.paginate(route, { per_page: 100 });
  const repositories = parseAnswer(repositoriesSchema, pages, route);
  return Object.fromEntries(repositories.map((each) => [each.name, each.id]));
}

/**
 * The same for a secret whose list is known: it is read whole only where its length or its first page is another.
 *
 * @param known name to id, as the last update wrote it
 */
export async function rereadSecretRepositories(
  github: GitHubClient,
  owner: string,
  name: string,
  known: Readonly<Record<string, number>>,
): Promise<Readonly<Record<string, number>>> {
  const route = `GET ${repositoriesPath(owner, name)}`;
  const page = await readAnswer(github, pageSchema, route, { per_page: 100 });
  const ids = new Set(Object.values(known));
  const isAsKnown =
    page.total_count === ids.size && page.repositories.every(({ id }) => ids.has(id));
  return isAsKnown ? known : readSecretRepositories(github, owner, name);
}

/** Sets which repositories may use an organisation secret, without changing its value. */
export async function writeSecretRepositories(
  github: GitHubClient,
  owner: string,
  name: string,
  repositoryIds: readonly number[],
): Promise<void> {
  await github.request(`PUT ${repositoriesPath(owner, name)}`, {
    selected_repository_ids: repositoryIds,
  });
}

function repositoriesPath(owner: string, name: string): string {
  return `${secretsPath({ scope: "organization", owner })}/${name}/repositories`;
}

/** GitHub answers 422 when the box was sealed for an outdated key. */
export function isKeyReplaced(error: unknown): boolean {
  return isRefusal(error, [422]);
}
