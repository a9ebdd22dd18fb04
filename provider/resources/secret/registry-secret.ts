import type { z } from "zod";
import {
  deleteSecret,
  writeSecretRepositories,
} from "../../../src/github/secrets/actions-secrets.ts";
import { explaining } from "../../../src/github/client/explain-failure.ts";
import type { GitHubClient } from "../../../src/github/client/github-client.ts";
import { hashToken } from "../../../src/github/tokens/inspect-token.ts";
import { deploysTo } from "../../../src/publishing/deploys-to.ts";
import { withheldPat } from "../../../src/pat/stand-ins.ts";
import { registrySecretProperties } from "../../../src/properties/registry-secret.ts";
import { keepSpelling, toFailures, type CheckFailure } from "../../protocol/check-inputs.ts";
import { diffProperties } from "../../protocol/property-diff.ts";
import { hasUnknown, pick, unknownValue, type Properties } from "../../protocol/property-values.ts";
import type { RepositorySnapshots } from "../repository-snapshots.ts";
import type { ResourceType } from "../../protocol/resource-type.ts";
import { findSecret, isUntouched, otherUsers, warnOfLosses } from "./find-secret.ts";
import { seal, sealFor, trySeal } from "./seal.ts";
import {
  idOf,
  placeOf,
  placeNames,
  placeOfId,
  placeProperties,
  repositoryIds,
  type SealedInputs,
  type SecretState,
} from "./secret-place.ts";
import type { WorkflowTexts } from "../publishing/reads/workflow-texts.ts";
import type { UnwrittenCredentials } from "../unwritten-credentials.ts";
import type { Vault } from "../vault.ts";
import { whyUnwritable } from "../why-unwritable.ts";
import { writeSealed } from "./write-sealed.ts";

/**
 * `ghcr:index:RegistrySecret`: an Actions secret at organisation, repository or environment scope.
 *
 * The value goes no further than `check`: state, plan and diff contain its hash and a sealed box that only GitHub
 * can open. The secret is always written in place, so that it exists at every moment. A refresh shows a
 * secret that was overwritten or deleted by hand, and the next update repairs it.
 *
 * A secret that moves from the repository to an environment stays where it is until a job of the branch deploys to that
 * environment: before, no job would get a secret.
 */
export function registrySecret(
  github: GitHubClient,
  snapshots: RepositorySnapshots,
  texts: WorkflowTexts,
  vault: Vault,
  unwritten: UnwrittenCredentials,
): ResourceType {
  const writing = <T>(inputs: SealedInputs, write: () => Promise<T>) =>
    unwritten.writing(`the secret ${idOf(inputs)}`, inputs.repository, write);

  return {
    properties: registrySecretProperties,

    async check(olds, news) {
      if (hasUnknown(news)) {
        return { inputs: {}, failures: [unknownFailure(news)] };
      }
      const isWithheld = news["value"] === withheldPat;
      if (typeof news["value"] === "string" && !isWithheld) vault.keep(news["value"]);
      const parsed = registrySecretProperties.args.safeParse(keepSpelling(olds, news, placeNames));
      if (!parsed.success) return { inputs: {}, failures: toFailures(parsed.error) };
      const { value, ...wanted } = parsed.data;
      const hash = hashToken(value);
      const known = olds as Partial<SealedInputs>;
      const request = await asOfNow({ snapshots, texts }, known, wanted);
      if (isWithheld)
        return { inputs: { ...request, ...sealedBefore(known, request) }, failures: [] };
      if (known.hash === hash && known.box && samePlace(known, request)) {
        return { inputs: { ...request, ...pick(olds, sealedNames) }, failures: [] };
      }
      const inputs = { ...request, hash, salt: nextSalt(known), box: "", keyId: "" };
      // In preview there is no key of an environment that the same update creates.
      const later = { box: unknownValue, keyId: unknownValue } as const;
      const { key, keyId } = known;
      if (key && keyId && samePlace(known, request)) {
        const box = await sealFor({ key, keyId }, inputs, value);
        return { inputs: { ...inputs, ...box }, failures: [] };
      }
      const sealed =
        request.scope === "environment"
          ? ((await trySeal(github, inputs, value)) ?? later)
          : await seal(github, inputs, value);
      return { inputs: { ...inputs, ...sealed }, failures: [] };
    },

    diff: (olds, news) => diffProperties(olds, news, placeNames),

    async create(properties, preview, context) {
      const inputs = properties as unknown as SealedInputs;
      await warnOfLosses(github, inputs, undefined, context);
      const state = preview
        ? properties
        : await writing(inputs, () => writeSealed(github, vault, inputs));
      return { id: idOf(inputs), state };
    },

    async read(id, before, inputs) {
      const known =
        Object.keys(before).length > 0 ? (before as Partial<SecretState>) : placeOfId(id);
      const found = await findSecret(github, id, known);
      if (!found) return undefined;
      const { intact, ...present } = found;
      // Without a box, the next `check` seals again, and the update that follows writes the value back.
      // The salt stays, so that the new box differs from the overwritten one.
      const kept = pick(inputs, intact ? sealedNames : ["salt"]);
      const { updatedAt, ...asInputs } = { ...placeProperties(known), ...present, ...kept };
      const state = { ...asInputs, updatedAt, ...pick(known, ["granted"]) };
      return { id, state, inputs: asInputs };
    },

    async update(id, stateProperties, properties, preview, context) {
      const state = stateProperties as unknown as SecretState;
      const inputs = properties as unknown as SealedInputs;
      if (inputs.scope === "organization") await warnOfLosses(github, inputs, state, context);
      if (preview) return { ...stateProperties, ...properties };
      // A secret that was written or deleted since is written completely.
      const onlyList = state.box === inputs.box && (await isUntouched(github, id, state));
      if (!onlyList) return writing(inputs, () => writeSealed(github, vault, inputs));
      await writing(inputs, () =>
        explaining(`set who may use the secret ${id}`, () =>
          writeSecretRepositories(github, inputs.owner, inputs.name, repositoryIds(inputs) ?? []),
        ),
      );
      const updatedAt = (await findSecret(github, id, inputs))?.updatedAt ?? state.updatedAt;
      return { ...properties, updatedAt, granted: properties["repositories"] };
    },

    async delete(id, properties, context) {
      const state = properties as unknown as SecretState;
      const { owner, repository } = state;
      const reason =
        repository && whyUnwritable(repository, await snapshots.get({ owner, repository }));
      if (reason) {
        context.warn(`the secret ${id} is left as it is: ${reason}`);
        return;
      }
      // For GitHub, another case of its name is the same secret. A replacement that only changes the
      // case has just written it, and deleting the old one would delete it.
      const found = await findSecret(github, id, state);
      if (!found) return;
      unwritten.assertReplaced(`the secret ${id}`, repository);
      if (state.updatedAt !== undefined && found.updatedAt !== state.updatedAt) {
        context.warn(`the secret ${id} stays: it was written again at ${found.updatedAt}`);
        return;
      }
      const others = otherUsers(found.repositories, state.granted ?? state.repositories);
      if (others.length === 0) {
        await explaining(`delete the secret ${id}`, () =>
          deleteSecret(github, placeOf(state), state.name),
        );
        return;
      }
      const left = others.map(({ id: repositoryId }) => repositoryId);
      await explaining(`remove the fleet from the secret ${id}`, () =>
        writeSecretRepositories(github, state.owner, state.name, left),
      );
      const names = others.map(({ name }) => name).join(", ");
      context.warn(`${id} is kept: it is used outside the fleet by ${names}`);
    },
  };
}

type WithoutValue<T> = T extends unknown ? Omit<T, "value"> : never;
type SecretRequest = WithoutValue<z.output<typeof registrySecretProperties.args>>;

/** Where the secret is until the next update. */
async function asOfNow(
  { snapshots, texts }: { snapshots: RepositorySnapshots; texts: WorkflowTexts },
  known: Partial<SealedInputs>,
  wanted: SecretRequest,
): Promise<SecretRequest> {
  if (wanted.scope !== "environment" || known.scope !== "repository") return wanted;
  const { owner, repository, environment, name } = wanted;
  if (known.repository !== repository) return wanted;
  const branch = await explaining(`read the workflows of ${owner}/${repository}`, () =>
    snapshots.find({ owner, repository }),
  );
  const present = branch?.head === undefined ? undefined : await texts.get(branch, "nothing");
  if (deploysTo(present?.texts ?? {}, { environment, name })) return wanted;
  return { scope: "repository", owner, repository, name };
}

function nextSalt({ salt, box }: Partial<SealedInputs>): string {
  const drifted = salt !== undefined && box === undefined;
  return drifted ? String(Number(salt) + 1) : (salt ?? "0");
}

const sealedNames = ["hash", "box", "keyId", "key", "salt"];

/** The values that the last run sealed; without the PAT they are the only known ones. */
function sealedBefore(known: Partial<SealedInputs>, request: Partial<SealedInputs>): Properties {
  if (known.box !== undefined && samePlace(known, request)) return pick(known, sealedNames);
  return { hash: unknownValue, box: unknownValue, keyId: unknownValue, salt: nextSalt(known) };
}

function samePlace(known: Partial<SealedInputs>, request: Partial<SealedInputs>): boolean {
  return placeNames.every((name) => known[name] === request[name]);
}

function unknownFailure(news: Properties): CheckFailure {
  const property = Object.keys(news).find((key) => hasUnknown(news[key])) ?? "value";
  return {
    property,
    reason: `${property} must be known before the update: take it from configuration, not from another resource`,
  };
}
