import { parseJson } from "../parse-json.ts";
import { withoutSecrets } from "../without-secrets.ts";

/** Basic credentials; GHCR only checks the password, but requires a username. */
interface RegistryCredential {
  readonly username: string;
  readonly password: string;
}

export interface RegistryClientOptions {
  /** Host of the registry, as images begin with it; "ghcr.io" if absent. */
  readonly name?: string;
  /** Root of the registry, e.g. `https://ghcr.io`. */
  readonly url: string;
  readonly credential: RegistryCredential;
  readonly fetch?: typeof fetch;
}

interface RegistryRequest {
  readonly method: string;
  /** Path below the root, e.g. `/v2/acme/api/blobs/uploads/`, or a location from the registry. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array<ArrayBuffer>;
}

/** Sends requests for one image of a registry, with a token for the session's actions. */
export type RegistrySession = (request: RegistryRequest) => Promise<Response>;

/** The registry refused; its own reason, without the credential. */
export class RegistryRefusal extends Error {
  override name = "RegistryRefusal";
  readonly status: number;

  constructor(status: number, reason: string) {
    super(reason);
    this.status = status;
  }

  /** Whether it is temporary and does not concern the credential. */
  get isTemporary(): boolean {
    return this.status === 429 || this.status >= 500;
  }
}

/** A registry that does not answer within this time is treated as unreachable. */
const timeoutMilliseconds = 30_000;

/**
 * Exchanges the credential for a bearer token, as docker does; the session's requests use that token.
 *
 * @param image `<owner>/<image>`, lower case
 * @param actions what the token is for: `pull`, or `pull,push`
 * @throws {RegistryRefusal} the credential is not accepted
 * @see https://distribution.github.io/distribution/spec/auth/token/
 */
export async function openSession(
  options: RegistryClientOptions,
  image: string,
  actions: "pull" | "pull,push",
): Promise<RegistrySession> {
  const { url, credential, fetch: send = fetch } = options;
  const root = url.replace(/\/+$/, "");
  const { realm, service } = await findTokens(root, options);
  const query = new URLSearchParams({ service, scope: `repository:${image}:${actions}` });
  const basic = Buffer.from(`${credential.username}:${credential.password}`).toString("base64");
  const answer = await send(`${realm}?${query.toString()}`, {
    headers: { authorization: `Basic ${basic}` },
    redirect: "manual",
    signal: AbortSignal.timeout(timeoutMilliseconds),
  });
  refuseRedirect(root, answer);
  await refuseUnlessOk(await hideSecrets(answer, [credential.password]));
  const token = await readToken(answer);
  return async (request) => {
    const target = new URL(request.path, `${root}/`);
    if (target.origin !== new URL(root).origin) {
      // A location on another host must not get this registry's token.
      throw new RegistryRefusal(502, `${root} points to ${target.origin}, which is another host`);
    }
    const answer = await send(target, {
      method: request.method,
      headers: { ...request.headers, authorization: `Bearer ${token}` },
      ...(request.body !== undefined && { body: request.body }),
      redirect: "manual",
      signal: AbortSignal.timeout(timeoutMilliseconds),
    });
    refuseRedirect(root, answer);
    return hideSecrets(answer, [credential.password, token]);
  };
}

/**
 * Where a registry gives tokens, and for which service. Those of ghcr.io are known; others say it to everybody
 * without a token.
 *
 * @throws {RegistryRefusal} it does not say it, or names another host, which must not get the credential
 * @see https://distribution.github.io/distribution/spec/auth/token/#how-to-authenticate
 */
async function findTokens(
  root: string,
  { name = "ghcr.io", fetch: send = fetch }: RegistryClientOptions,
): Promise<{ realm: string; service: string }> {
  if (name === "ghcr.io") return { realm: `${root}/token`, service: name };
  const signal = AbortSignal.timeout(timeoutMilliseconds);
  const answer = await send(`${root}/v2/`, { redirect: "manual", signal });
  refuseRedirect(root, answer);
  await answer.body?.cancel();
  const challenge = answer.headers.get("www-authenticate") ?? "";
  const [, realm = ""] = /\brealm="([^"]*)"/i.exec(challenge) ?? [];
  const [, service = name] = /\bservice="([^"]*)"/i.exec(challenge) ?? [];
  if (!URL.canParse(realm)) {
    throw new RegistryRefusal(502, `${root} does not say where it gives tokens`);
  }
  const { origin } = new URL(realm);
  // An Enterprise Server may give the tokens of containers.<host> at <host>.
  const allowed = [new URL(root).origin, `https://${name.replace(/^containers\./, "")}`];
  if (allowed.includes(origin)) return { realm, service };
  throw new RegistryRefusal(
    502,
    `${root} wants the credential at ${origin}, which is another host`,
  );
}

/** Only downloads of layers are redirected, which nobody needs here: a redirect must not get the credential. */
function refuseRedirect(root: string, { status, headers }: Response): void {
  if (status < 300 || status >= 400 || !headers.has("location")) return;
  throw new RegistryRefusal(502, `${root} redirects to another address, which gets nothing`);
}

/** @throws {RegistryRefusal} the answer has no token that is valid in a header */
async function readToken(answer: Response): Promise<string> {
  const text = await readText(answer);
  const token = (parseJson(text) as { token?: unknown } | null)?.token;
  if (typeof token === "string" && /^[\x21-\x7e]+$/.test(token)) return token;
  throw new RegistryRefusal(502, "the answer to the login contains no token");
}

/** More than any token or refusal has. */
const longestAnswer = 1024 * 1024;

/** @throws {RegistryRefusal} the answer does not end */
async function readText(answer: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  const reader = (answer.body as ReadableStream<Uint8Array> | null)?.getReader();
  for (let read = await reader?.read(); read?.value; read = await reader?.read()) {
    size += read.value.byteLength;
    if (size > longestAnswer) {
      await reader?.cancel();
      throw new RegistryRefusal(502, "the answer is longer than 1 MiB");
    }
    chunks.push(read.value);
  }
  return Buffer.concat(chunks).toString("utf8");
}

/** Removes secrets from a refusal, which is shown and stored in the state, and may quote the request. */
async function hideSecrets(answer: Response, secrets: readonly string[]): Promise<Response> {
  if (answer.ok) return answer;
  const { status, statusText, headers } = answer;
  const text = withoutSecrets(await readText(answer), secrets);
  return new Response(text === "" ? null : text, { status, statusText, headers });
}

/** @throws {RegistryRefusal} with the registry's reason, where the answer is no success */
export async function refuseUnlessOk(answer: Response): Promise<void> {
  if (answer.ok) return;
  throw new RegistryRefusal(answer.status, await readReason(answer));
}

/** https://github.com/opencontainers/distribution-spec/blob/main/spec.md#error-codes */
async function readReason(answer: Response): Promise<string> {
  const text = await answer.text();
  try {
    const { errors } = JSON.parse(text) as { errors?: { code?: string; message?: string }[] };
    const first = errors?.[0];
    if (first) return [first.code?.toLowerCase(), first.message].filter(Boolean).join(": ");
  } catch {
    // Not every refusal is JSON: a proxy in between may answer with a page.
  }
  return `the registry answered ${answer.status}`;
}
