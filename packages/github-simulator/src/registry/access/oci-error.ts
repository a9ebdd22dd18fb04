/** Codes of the distribution specification (https://github.com/opencontainers/distribution-spec/blob/main/spec.md#error-codes). */
type OciErrorCode =
  | "BLOB_UNKNOWN"
  | "BLOB_UPLOAD_INVALID"
  | "BLOB_UPLOAD_UNKNOWN"
  | "DIGEST_INVALID"
  | "MANIFEST_BLOB_UNKNOWN"
  | "MANIFEST_INVALID"
  | "MANIFEST_UNKNOWN"
  | "NAME_INVALID"
  | "NAME_UNKNOWN"
  | "UNAUTHORIZED"
  | "DENIED"
  | "UNSUPPORTED"
  // ghcr.io's own: https://github.com/wasmCloud/wash-archive/issues/268
  | "REQUESTED_RANGE_NOT_SATISFIABLE";

/** A refusal by the registry, as clients see it. */
export class OciError extends Error {
  override readonly name = "OciError";
  readonly status: 400 | 401 | 403 | 404 | 405 | 416;
  readonly code: OciErrorCode;
  readonly detail: unknown;

  constructor(status: OciError["status"], code: OciErrorCode, message: string, detail?: unknown) {
    super(message);
    this.status = status;
    this.code = code;
    this.detail = detail;
  }

  toResponse(): Response {
    const error = { code: this.code, message: this.message };
    return Response.json(
      { errors: [this.detail === undefined ? error : { ...error, detail: this.detail }] },
      { status: this.status },
    );
  }
}

/**
 * No token at all; also an anonymous pull of a private package.
 * Seen in https://github.com/Mic92/niks3/issues/229 and https://github.com/openai/tunnel-client/issues/75
 */
export const authenticationRequired = () =>
  new OciError(401, "UNAUTHORIZED", "authentication required");

/**
 * A bearer token that belongs to nobody (any more), or an anonymous one for more than a
 * pull. Seen in https://github.com/getwud/wud/issues/219 and
 * https://github.com/apache/arrow-nanoarrow/issues/225
 */
export const notAuthenticated = () =>
  new OciError(
    401,
    "UNAUTHORIZED",
    "unauthenticated: User cannot be authenticated with the token provided.",
  );

/**
 * Login with an unknown or expired secret: docker prints `denied: denied`, containerd and podman
 * the status 403 of the token endpoint. Seen in https://github.com/GaloisInc/cryptol/issues/1959,
 * https://github.com/akuity/kargo/pull/778 and https://github.com/ansible-community/images/issues/87
 */
export const badCredentials = () => new OciError(403, "DENIED", "denied");

/**
 * Credentials on `/v2/` itself, other than a bearer token.
 * Seen in https://github.com/argoproj-labs/argocd-image-updater/issues/303
 */
export const invalidToken = () => new OciError(403, "DENIED", "invalid token");

/**
 * An anonymous request for a package that does not exist.
 * Seen in https://github.com/bytecodealliance/wasm-pkg-tools/issues/40
 */
export const resourceDenied = () =>
  new OciError(403, "DENIED", "requested access to the resource is denied");

/**
 * The token is valid, but its kind or scopes do not include packages. Fine-grained tokens can log in and
 * then fail here, too: https://github.com/docker/login-action/issues/331
 */
export const scopesMissing = () =>
  new OciError(
    403,
    "DENIED",
    "permission_denied: The token provided does not match expected scopes.",
  );

/**
 * The token would be enough, but its holder has no right on the package.
 * Seen in https://github.com/tridz-dev/huf/pull/349
 */
export const permissionDenied = (
  right: "read_package" | "write_package" | "create_package",
): OciError => new OciError(403, "DENIED", `permission_denied: ${right}`);

/**
 * A job whose `permissions` lack `packages: write`, or an App, in an organization's namespace.
 * Seen in https://github.com/pinchbench/skill/pull/17, https://github.com/hyperledger-firefly/signer/pull/74
 * and https://github.com/atlanhq/application-sdk/pull/2680
 */
export const installationNotAllowed = (verb: "Create" | "Write"): OciError =>
  new OciError(403, "DENIED", `installation not allowed to ${verb} organization package`);

/** Deleting through the registry: https://github.com/podman-container-tools/skopeo/issues/1880 */
export const unsupported = () => new OciError(405, "UNSUPPORTED", "The operation is unsupported.");
