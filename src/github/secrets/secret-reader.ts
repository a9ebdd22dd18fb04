import type { GitHubClient } from "../client/github-client.ts";
import type { ReadPace } from "../client/pace/read-pace.ts";
import { readOnce } from "../client/read-once.ts";
import {
  readSecret,
  readSecretRepositories,
  secretsPath,
  type SecretMetadata,
  type SecretPlace,
} from "./actions-secrets.ts";

/** Reads each secret once, however many judge it. */
export interface SecretReader {
  /** @returns `undefined` where there is no such secret */
  read(place: SecretPlace, name: string): Promise<SecretMetadata | undefined>;
  /** The repositories that may use a secret of the organisation: name to id. */
  audience(owner: string, name: string): Promise<Readonly<Record<string, number>>>;
}

export function createSecretReader(github: GitHubClient, pace: ReadPace): SecretReader {
  const secrets = new Map<string, Promise<SecretMetadata | undefined>>();
  const audiences = new Map<string, Promise<Readonly<Record<string, number>>>>();
  return {
    read: (place, name) =>
      readOnce(secrets, `${secretsPath(place)}/${name}`.toLowerCase(), () =>
        pace(() => readSecret(github, place, name)),
      ),
    audience: (owner, name) =>
      readOnce(audiences, `${owner}/${name}`.toLowerCase(), () =>
        pace(() => readSecretRepositories(github, owner, name)),
      ),
  };
}
