import type { SecretPlace } from "../../../src/github/secrets/actions-secrets.ts";
import { registrySecretProperties } from "../../../src/properties/registry-secret.ts";
import type { StateOf } from "../../../src/properties/resource-properties.ts";
import { UserError } from "../../../src/user-error.ts";
import { pick, type Properties } from "../../protocol/property-values.ts";

export type SecretState = StateOf<typeof registrySecretProperties> & SealedValue;

/**
 * The result of `check`, which the state stores: the value's hash and a sealed box instead of the
 * value.
 */
export type SealedInputs = Omit<SecretState, "updatedAt" | "granted">;

interface SealedValue {
  /** base64 SHA-256 of the value */
  hash: string;
  /** sealed box, base64 */
  box: string;
  keyId: string;
  /** Changes when the same value has to be written again. */
  salt: string;
}

/** The place of a secret; a change of one of these properties makes another secret. */
export const placeNames = ["scope", "owner", "repository", "environment", "name"] as const;

export function placeOf(inputs: Partial<SealedInputs>): SecretPlace {
  return placeProperties(inputs) as unknown as SecretPlace;
}

export function placeProperties(inputs: Partial<SealedInputs>): Properties {
  return pick(inputs, placeNames);
}

export function repositoryIds(inputs: SealedInputs): number[] | undefined {
  return inputs.repositories && Object.values(inputs.repositories).sort((a, b) => a - b);
}

/** `acme/GHCR_PAT`, `acme/api/GHCR_PAT` or `acme/api/release/GHCR_PAT`: also the id for import. */
export function idOf({ owner, repository, environment, name }: SealedInputs): string {
  return [owner, repository, environment, name].filter((part) => part !== undefined).join("/");
}

/** @throws {UserError} the id, which a person wrote, has another form */
export function placeOfId(id: string): Partial<SecretState> {
  const parts = id.split("/");
  const [owner = "", repository = "", environment = ""] = parts;
  const name = parts.at(-1) ?? "";
  const isPlace = parts.every((part) => part !== "" && !/^\.+$/.test(part));
  if (isPlace && registrySecretProperties.state.shape.name.safeParse(name).success) {
    if (parts.length === 2) return { scope: "organization", owner, name };
    if (parts.length === 3) return { scope: "repository", owner, repository, name };
    if (parts.length === 4) return { scope: "environment", owner, repository, environment, name };
  }
  throw new UserError(
    `cannot import "${id}": give owner/NAME, owner/repository/NAME or owner/repository/environment/NAME`,
  );
}
