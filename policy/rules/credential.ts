import { crc32 } from "node:zlib";
import { githubActionsSecrets } from "../model/resource-types.ts";
import type { Resource } from "../model/rule.ts";
import type { SecretNames } from "../config/secret-names.ts";

/** GitHub's page for a classic token that may only publish. */
export const newTokenPage = "https://github.com/settings/tokens/new?scopes=write:packages";

const valueInputs = ["value", "plaintextValue"];
const boxInputs = ["valueEncrypted", "encryptedValue"];

/** The readable properties of an Actions secret of Pulumi's GitHub provider. */
export interface GitHubSecret {
  readonly name: string;
  /** The value before GitHub's encryption; absent if it is encrypted already. */
  readonly value: string | undefined;
  readonly encrypted: boolean;
}

export function readGitHubSecret({ props }: Resource): GitHubSecret {
  const text = (input: string) => {
    const value = props[input];
    return typeof value === "string" && value !== "" ? value : undefined;
  };
  const name = text("secretName") ?? "";
  const [value] = valueInputs.map(text).filter((each) => each !== undefined);
  return { name, value, encrypted: boxInputs.some((input) => text(input) !== undefined) };
}

/**
 * Whether a secret of the GitHub provider is a publishing credential: by its name, or because it is a
 * classic token, which only GitHub Packages still needs.
 */
export function isPublishingSecret(
  { type }: Resource,
  { name, value }: GitHubSecret,
  { secretNames }: SecretNames,
): boolean {
  if (!githubActionsSecrets.includes(type)) return false;
  return secretNames.includes(name) || /GHCR|CR_PAT/i.test(name) || isClassic(value ?? "");
}

function isClassic(value: string): boolean {
  return value.startsWith("ghp_");
}

/**
 * Whether a text is a complete classic token: `ghp_`, 30 characters, and their CRC32 in base62.
 * https://github.blog/engineering/platform-security/behind-githubs-new-authentication-token-formats/
 */
export function isWholeClassicToken(text: string): boolean {
  const [, random, checksum] = /^ghp_([A-Za-z0-9]{30})([A-Za-z0-9]{6})$/.exec(text) ?? [];
  return random !== undefined && checksum === checksumOf(random);
}

/** CRC32 in base62, six characters. */
export function checksumOf(random: string): string {
  const digits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
  let rest = crc32(random);
  let text = "";
  while (text.length < 6) {
    text = (digits[rest % 62] ?? "") + text;
    rest = Math.floor(rest / 62);
  }
  return text;
}
