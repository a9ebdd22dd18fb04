import { z } from "zod";
import {
  deleteSecret,
  isKeyReplaced,
  readPublicKey,
  readSecret,
  readSecretRepositories,
  secretsPath,
  writeSecret,
  writeSecretRepositories,
  type SecretMetadata,
  type SecretPlace,
} from "../src/github/actions-secrets.ts";
import { explaining } from "../src/github/explain-failure.ts";
import type { GitHubClient } from "../src/github/github-client.ts";
import { hashToken } from "../src/github/inspect-token.ts";
import { sealDeterministically } from "../src/github/sealed-box.ts";
import { UserError } from "../src/user-error.ts";
import { diffProperties } from "./property-diff.ts";
import { hasUnknown, unknownValue, type Properties } from "./property-values.ts";
import type { CheckFailure, ResourceType } from "./resource-type.ts";
import type { Vault } from "./vault.ts";

const place = {
  owner: z.string().min(1),
  name: z
    .string()
    .regex(
      /^(?!GITHUB_)[A-Z_][A-Z0-9_]*$/i,
      "letters, digits and _ only, not starting with GITHUB_",
    ),
};

/** What the program says, before `check` seals the value. */
const requestSchema = z.discriminatedUnion("scope", [
  z.object({
    ...place,
    scope: z.literal("organization"),
    /** The repositories that may use it: name to id. */
    repositories: z.record(z.string(), z.int().positive()),
    value: z.string().min(1),
  }),
  z.object({
    ...place,
    scope: z.literal("repository"),
    repository: z.string().min(1),
    value: z.string().min(1),
  }),
  z.object({
    ...place,
    scope: z.literal("environment"),
    repository: z.string().min(1),
    environment: z.string().min(1),
    value: z.string().min(1),
  }),
]);

/** What `check` makes of it, and state keeps: the value's hash and a sealed box in its place. */
interface SealedInputs {
  scope: SecretPlace["scope"];
  owner: string;
  name: string;
  repository?: string;
  environment?: string;
  repositories?: Record<string, number>;
  /** base64 SHA-256 of the value */
  hash: string;
  /** sealed box, base64 */
  box: string;
  keyId: string;
  /** Changes when the same value has to be written again. */
  salt: string;
}

interface SecretState extends SealedInputs {
  updatedAt?: string;
}

/**
 * `ghcr:index:RegistrySecret`: an Actions secret at organisation, repository or environment scope.
 *
 * The value enters `check` and goes no further: state, plan and diff hold its hash and a sealed
 * box that only GitHub can open. The secret is always written in place, so no moment is without it.
 * A secret that was overwritten or deleted by hand shows in a refresh, and the next update repairs
 * it.
 */
export function registrySecret(github: GitHubClient, vault: Vault): ResourceType {
  return {
    token: "ghcr:index:RegistrySecret",

    async check(olds, news) {
      if (hasUnknown(news)) {
        return { inputs: {}, failures: [unknownFailure(news)] };
      }
      if (typeof news["value"] === "string") vault.keep(news["value"]);
      const parsed = requestSchema.safeParse(news);
      if (!parsed.success) return { inputs: {}, failures: parsed.error.issues.map(toFailure) };
      const { value, ...request } = parsed.data;
      const hash = hashToken(value);
      const known = olds as Partial<SealedInputs>;
      if (known.hash === hash && known.box && samePlace(known, request)) {
        const { box, keyId = "", salt = "" } = known;
        return { inputs: { ...request, hash, box, keyId, salt }, failures: [] };
      }
      const inputs = { ...request, hash, salt: nextSalt(known), box: "", keyId: "" };
      // An environment that this very update creates has no key in preview.
      const later = { box: unknownValue, keyId: unknownValue } as const;
      const sealed =
        request.scope === "environment"
          ? ((await trySeal(github, inputs, value)) ?? later)
          : await seal(github, inputs, value);
      return { inputs: { ...inputs, ...sealed }, failures: [] };
    },

    diff: (olds, news) =>
      diffProperties(olds, news, ["scope", "owner", "repository", "environment", "name"]),

    async create(properties, preview) {
      const inputs = properties as unknown as SealedInputs;
      const state = preview ? properties : await write(github, vault, inputs);
      return { id: idOf(inputs), state };
    },

    async read(id, state, inputs) {
      const known = Object.keys(state).length > 0 ? (state as Partial<SecretState>) : placeOfId(id);
      const found = await look(github, id, known);
      if (!found) return undefined;
      const { intact, ...present } = found;
      // Without a box, the next `check` seals anew, and the update that follows writes the value
      // back. The salt stays, so that the new box differs from the one that was overwritten.
      const kept = pick(inputs, intact ? ["hash", "box", "keyId", "salt"] : ["salt"]);
      const { updatedAt, ...asInputs } = { ...placeProperties(known), ...present, ...kept };
      return { id, state: { ...asInputs, updatedAt }, inputs: asInputs };
    },

    async update(id, stateProperties, properties, preview) {
      const state = stateProperties as unknown as SecretState;
      const inputs = properties as unknown as SealedInputs;
      if (preview) return { ...stateProperties, ...properties };
      const onlyRepositories = state.box === inputs.box && state.updatedAt !== undefined;
      if (!onlyRepositories) return write(github, vault, inputs);
      await explaining(`set who may use the secret ${id}`, () =>
        writeSecretRepositories(github, inputs.owner, inputs.name, repositoryIds(inputs) ?? []),
      );
      return { ...properties, updatedAt: state.updatedAt };
    },

    async delete(id, properties, context) {
      const state = properties as unknown as SecretState;
      const others = await otherUsers(github, id, state);
      if (others.length === 0) {
        await explaining(`delete the secret ${id}`, () =>
          deleteSecret(github, placeOf(state), state.name),
        );
        return;
      }
      const left = others.map(({ id: repositoryId }) => repositoryId);
      await explaining(`take the fleet out of the secret ${id}`, () =>
        writeSecretRepositories(github, state.owner, state.name, left),
      );
      const names = others.map(({ name }) => name).join(", ");
      context.warn(`${id} stays, for it is used outside the fleet by ${names}`);
    },
  };
}

/** Repositories that may use the organisation's secret, and that this resource never gave it. */
async function otherUsers(
  github: GitHubClient,
  id: string,
  state: SecretState,
): Promise<{ name: string; id: number }[]> {
  const found = await look(github, id, state);
  if (!found?.repositories) return [];
  const ours = new Set(Object.values(state.repositories ?? {}));
  return Object.entries(found.repositories)
    .map(([name, repositoryId]) => ({ name, id: repositoryId }))
    .filter((each) => !ours.has(each.id));
}

/** The secret as GitHub shows it, and whether it still is what this resource wrote. */
async function look(github: GitHubClient, id: string, known: Partial<SecretState>) {
  const [where, name = ""] = [placeOf(known), known.name];
  const metadata = await explaining(`read the secret ${id}`, () => readSecret(github, where, name));
  if (!metadata) return undefined;
  const { updatedAt, visibility } = metadata;
  const intact = known.updatedAt === updatedAt && (visibility ?? "selected") === "selected";
  if (where.scope !== "organization") return { updatedAt, intact };
  // GitHub keeps a list only for secrets of selected repositories.
  const repositories =
    visibility === "selected"
      ? await explaining(`read who may use the secret ${id}`, () =>
          readSecretRepositories(github, where.owner, name),
        )
      : {};
  return { updatedAt, intact, repositories };
}

/** Writes value and repository list with one PUT, and reads back when GitHub dates the write. */
async function write(
  github: GitHubClient,
  vault: Vault,
  inputs: SealedInputs,
): Promise<Properties> {
  const { writtenAt, ...sealed } = await explaining(`write the secret ${idOf(inputs)}`, () =>
    putSealed(github, vault, inputs),
  );
  const { updatedAt } = await explaining(`read the secret ${idOf(inputs)}`, () =>
    readBack(github, inputs, writtenAt),
  );
  return { ...toProperties(inputs), ...sealed, updatedAt };
}

interface Sealed {
  readonly box: string;
  readonly keyId: string;
}

/** Seals again, once, where the target's key was replaced after `check` had read it. */
async function putSealed(
  github: GitHubClient,
  vault: Vault,
  inputs: SealedInputs,
): Promise<Sealed & { writtenAt: string | undefined }> {
  const put = async ({ box, keyId }: Sealed) => {
    const write = { box, keyId, repositoryIds: repositoryIds(inputs) };
    return {
      box,
      keyId,
      writtenAt: await writeSecret(github, placeOf(inputs), inputs.name, write),
    };
  };
  try {
    return await put(inputs);
  } catch (error) {
    const value = vault.find((each) => hashToken(each) === inputs.hash);
    if (!isKeyReplaced(error) || value === undefined) throw error;
    return put(await seal(github, inputs, value));
  }
}

/** GitHub's answers may lag some seconds behind a write, and dates come in whole seconds. */
async function readBack(
  github: GitHubClient,
  inputs: SealedInputs,
  writtenAt: string | undefined,
): Promise<SecretMetadata> {
  const notBefore = writtenAt ? Date.parse(writtenAt) - 2000 : 0;
  for (let attempt = 0; attempt < 6; attempt += 1) {
    const found = await readSecret(github, placeOf(inputs), inputs.name);
    if (found && Date.parse(found.updatedAt) >= notBefore) return found;
    await new Promise((resolve) => setTimeout(resolve, 250 * 2 ** attempt));
  }
  throw new UserError(
    `the secret ${idOf(inputs)} was written, but GitHub does not show it yet; run \`pulumi up --refresh\``,
  );
}

/** @returns `undefined` where the place has no key, because it does not exist */
async function trySeal(
  github: GitHubClient,
  inputs: SealedInputs,
  value: string,
): Promise<Sealed | undefined> {
  const where = placeOf(inputs);
  const key = await explaining(`read the public key for ${idOf(inputs)}`, () =>
    readPublicKey(github, where),
  );
  if (!key) return undefined;
  const path = `${secretsPath(where)}/${inputs.name}`;
  const target = { path, publicKey: key.key, keyId: key.keyId, salt: inputs.salt };
  return { box: await sealDeterministically(value, target), keyId: key.keyId };
}

async function seal(github: GitHubClient, inputs: SealedInputs, value: string): Promise<Sealed> {
  const sealed = await trySeal(github, inputs, value);
  if (sealed) return sealed;
  throw new UserError(
    `cannot write the secret ${idOf(inputs)}: there is no such ${inputs.scope}, ` +
      "or the admin token may not manage its secrets (scopes admin:org for an organisation, repo else)",
  );
}

function nextSalt({ salt, box }: Partial<SealedInputs>): string {
  const drifted = salt !== undefined && box === undefined;
  return drifted ? String(Number(salt) + 1) : (salt ?? "0");
}

function samePlace(known: Partial<SealedInputs>, request: Partial<SealedInputs>): boolean {
  const keys = ["scope", "owner", "name", "repository", "environment"] as const;
  return keys.every((key) => known[key] === request[key]);
}

function placeOf(inputs: Partial<SealedInputs>): SecretPlace {
  return placeProperties(inputs) as unknown as SecretPlace;
}

function placeProperties(inputs: Partial<SealedInputs>): Properties {
  return pick(inputs, ["scope", "owner", "name", "repository", "environment"]);
}

function pick(properties: Properties, keys: readonly string[]): Properties {
  return Object.fromEntries(Object.entries(properties).filter(([key]) => keys.includes(key)));
}

function toProperties(inputs: SealedInputs): Properties {
  return inputs as unknown as Properties;
}

function repositoryIds(inputs: SealedInputs): number[] | undefined {
  return inputs.repositories && Object.values(inputs.repositories).sort((a, b) => a - b);
}

/** `acme/GHCR_PAT`, `acme/api/GHCR_PAT` or `acme/api/release/GHCR_PAT`: also what import takes. */
function idOf({ owner, repository, environment, name }: SealedInputs): string {
  return [owner, repository, environment, name].filter((part) => part !== undefined).join("/");
}

function placeOfId(id: string): Partial<SecretState> {
  const parts = id.split("/");
  const [owner = "", repository = "", environment = ""] = parts;
  const name = parts.at(-1) ?? "";
  switch (parts.length) {
    case 2:
      return { scope: "organization", owner, name };
    case 3:
      return { scope: "repository", owner, repository, name };
    case 4:
      return { scope: "environment", owner, repository, environment, name };
    default:
      throw new UserError(
        `cannot import "${id}": give owner/NAME, owner/repository/NAME or owner/repository/environment/NAME`,
      );
  }
}

function unknownFailure(news: Properties): CheckFailure {
  const property = Object.keys(news).find((key) => hasUnknown(news[key])) ?? "value";
  return {
    property,
    reason: `${property} must be known before the update: take it from configuration, not from another resource`,
  };
}

function toFailure(issue: z.core.$ZodIssue): CheckFailure {
  return { property: issue.path.join("."), reason: issue.message };
}
