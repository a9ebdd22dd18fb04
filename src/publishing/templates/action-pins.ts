/** One action, pinned to a commit that nobody can move. */
export type ActionPin = { readonly version: string; readonly sha: string };

/**
 * Every action that a rendered workflow uses, with the tag and the commit it stood at.
 *
 * A tag can be moved to other code, a commit cannot:
 * https://docs.github.com/en/actions/reference/security/secure-use#using-third-party-actions
 */
export const actionPins: Readonly<Record<string, ActionPin>> = {
  "actions/attest": { version: "v4.2.2", sha: "1e69f48acb82d1966a394da916b4c1698aa569d6" },
  "actions/checkout": { version: "v7.0.1", sha: "3d3c42e5aac5ba805825da76410c181273ba90b1" },
  "actions/download-artifact": {
    version: "v8.0.1",
    sha: "3e5f45b2cfb9172054b4087a40e8e0b5a5461e7c",
  },
  "actions/upload-artifact": {
    version: "v7.0.0",
    sha: "bbbca2ddaa5d8feaa63e36b76fdaad77386f024f",
  },
  "docker/build-push-action": {
    version: "v7.3.0",
    sha: "53b7df96c91f9c12dcc8a07bcb9ccacbed38856a",
  },
  "docker/login-action": { version: "v4.6.0", sha: "dbcb813823bdd20940b903addbd779551569679f" },
  "docker/metadata-action": { version: "v6.2.0", sha: "dc802804100637a589fabce1cb79ff13a1411302" },
  "docker/setup-buildx-action": {
    version: "v4.3.0",
    sha: "37fe631027851001ddb9b187196cc803df7f5f0e",
  },
  "docker/setup-qemu-action": {
    version: "v4.2.0",
    sha: "96fe6ef7f33517b61c61be40b68a1882f3264fb8",
  },
};

/**
 * The image with the emulators that docker/setup-qemu-action runs with privileges, by its digest;
 * the action's own default is the moving tag `latest`.
 */
export const emulatorImage =
  "docker.io/tonistiigi/binfmt:qemu-v10.2.3@sha256:400a4873b838d1b89194d982c45e5fb3cda4593fbfd7e08a02e76b03b21166f0";
