import type { Credential, RepositoryReference } from "./registry-host.ts";

/** A version of a package has been published, or a tag has moved to it. */
export interface PublishEvent {
  owner: string;
  /** Package name, without the owner. */
  name: string;
  digest: string;
  /** All tags that name this version now. */
  tags: string[];
  /** Whether this was the package's first version. */
  firstPublish: boolean;
  actor: string;
  credentialKind: Credential["kind"];
  repository: RepositoryReference | undefined;
  at: string;
}
