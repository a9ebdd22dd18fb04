import { createPrivateKey } from "node:crypto";
import { createAppAuth } from "@octokit/auth-app";
import type { Octokit } from "@octokit/core";
import type { RequestParameters } from "@octokit/core/types";
import { RequestError } from "@octokit/request-error";
import { z } from "zod";
import { appsPage, installationsPage, type Place } from "../../account.ts";
import { parseJson } from "../../parse-json.ts";
import { printable, unprintable } from "../../printable.ts";
import { UsageError, UserError } from "../../user-error.ts";

type Call = Octokit["request"];
type Answer = Awaited<ReturnType<Call>>;

/** What octokit calls for each request that it sends. */
type Hook = (request: Call, route: string, parameters?: RequestParameters) => Promise<Answer>;

/** Tokens end after an hour; this leaves time for the request. In milliseconds. */
const tokenLife = 55 * 60_000;

/**
 * A GitHub App and its installation on the owner. Its requests have a token that is fetched when it is needed
 * and replaced before it ends, so that a process may run for hours.
 *
 * @see https://docs.github.com/en/apps/creating-github-apps/authenticating-with-a-github-app/authenticating-as-a-github-app-installation
 */
export class GitHubApp {
  readonly id: string;
  readonly installationId: string;
  readonly #secrets = new Set<string>();
  readonly #auth;
  readonly #place: Place;
  #cached: { readonly value: string; readonly until: number } | undefined;

  /**
   * @param key private key in PEM
   * @param now milliseconds
   */
  constructor(
    id: string,
    installationId: string,
    key: string,
    place: Place,
    now: () => number = Date.now,
  ) {
    this.id = id;
    this.installationId = installationId;
    this.#place = place;
    this.#secrets.add(key.trim());
    this.#auth = createAppAuth({
      appId: id,
      privateKey: key,
      installationId,
      log: { warn() {} },
      cache: {
        get: () => (this.#cached && now() < this.#cached.until ? this.#cached.value : ""),
        set: (_: string, value: string) => {
          this.#cached = { value, until: now() + tokenLife };
        },
      },
    });
  }

  /** The key and all tokens of this process, to remove them from texts; the collection grows. */
  get secrets(): Iterable<string> {
    return this.#secrets;
  }

  /** A strategy for octokit's option `authStrategy`. All clients of a process use one token. */
  readonly signIn = (): { hook: Hook } => ({ hook: (...call) => this.#send(...call) });

  async #send(request: Call, route: string, parameters?: RequestParameters): Promise<Answer> {
    const endpoint = request.endpoint.merge(route, parameters);
    const send = () => this.#auth.hook(request, endpoint as never);
    if (isOfApp((endpoint.url ?? "").replace(endpoint.baseUrl, ""))) {
      const answer = await this.#explaining(send);
      const { data } = tokenSchema.safeParse(answer.data);
      if (data) this.#secrets.add(data.token);
      return answer;
    }
    const used = this.#cached;
    try {
      return await send();
    } catch (error) {
      // Somebody revoked the token, or this machine slept.
      if (!(error instanceof RequestError) || error.status !== 401 || !used) throw error;
      if (this.#cached === used) this.#cached = undefined;
      return send();
    }
  }

  async #explaining<T>(run: () => Promise<T>): Promise<T> {
    try {
      return await run();
    } catch (error) {
      const problem = error instanceof RequestError && this.#problem(error);
      throw problem ? new UserError(problem) : error;
    }
  }

  #problem({ status, message }: RequestError): string | undefined {
    const { id, installationId } = this;
    const place = this.#place;
    const { owner } = place;
    if (/claim \('(?:exp|iat)'\)/.test(message)) {
      return `GitHub refuses the sign-in of the App ${id}, because this machine's clock differs from GitHub's: set it (timedatectl set-ntp true), then run again`;
    }
    if (status === 401 || message.startsWith("Integration not found")) {
      return `the private key is not one of the App ${id}: check GITHUB_APP_ID, or generate another key on the App's page (${appsPage(place)}) and export it as GITHUB_APP_PEM_FILE`;
    }
    if (status === 403 && /suspended/.test(message)) {
      return `the installation ${installationId} of the App ${id} is suspended: an owner of ${owner} can end that on ${installationsPage(place, installationId)}`;
    }
    if (status === 404) {
      return `the App ${id} has no installation ${installationId}: the number is at the end of the address of its page in ${installationsPage(place)}; set GITHUB_APP_INSTALLATION_ID to it`;
    }
    return undefined;
  }
}

const tokenSchema = z.object({ token: z.string() });

/** Whether this is the request for a token, which writes nothing. */
export function isSignIn(url: string): boolean {
  return url.endsWith("/access_tokens");
}

/** Routes that an App calls with its key and not with a token. */
function isOfApp(path: string): boolean {
  return /^\/app(?:\/|$)/.test(path);
}

const appAuthSchema = z.strictObject({
  id: z.coerce.string().optional(),
  installationId: z.coerce.string().optional(),
  pemFile: z.string().optional(),
});

/**
 * The App of @pulumi/github's settings: `github:appAuth`, completed by the variables GITHUB_APP_ID,
 * GITHUB_APP_INSTALLATION_ID and GITHUB_APP_PEM_FILE. As there, it has precedence over a token.
 *
 * @param appAuth JSON
 * @returns nothing where no App is configured
 * @throws {UsageError} something is missing or wrong; says how to set it
 * @see https://www.pulumi.com/registry/packages/github/api-docs/provider/
 */
export function loadGitHubApp(
  appAuth: string | undefined,
  environment: Readonly<Record<string, string | undefined>>,
  place: Place,
): GitHubApp | undefined {
  const configured = appAuth === undefined ? {} : parseAppAuth(appAuth);
  if (configured.pemFile !== undefined) {
    throw new UsageError(
      'github:appAuth.pemFile would put the App\'s key into the state and its history: pulumi config rm --path github:appAuth.pemFile, and export GITHUB_APP_PEM_FILE="$(cat <file>)"',
    );
  }
  const id = configured.id ?? environment["GITHUB_APP_ID"];
  const installationId = configured.installationId ?? environment["GITHUB_APP_INSTALLATION_ID"];
  const key = environment["GITHUB_APP_PEM_FILE"];
  const missing = [
    ...(id ? [] : ["GITHUB_APP_ID"]),
    ...(installationId ? [] : ["GITHUB_APP_INSTALLATION_ID"]),
    ...(key ? [] : ["GITHUB_APP_PEM_FILE (the key's text)"]),
  ];
  if (!id || !installationId || !key) {
    // Like @pulumi/github, which ignores variables that are not complete.
    if (appAuth === undefined) return undefined;
    throw new UsageError(
      `the sign-in of the GitHub App is not complete: export ${missing.join(" and ")}`,
    );
  }
  if (unprintable.test(id)) {
    throw new UsageError(`the App ID "${printable(id)}" contains a control character`);
  }
  if (!/^\d+$/.test(installationId)) {
    throw new UsageError(
      `the installation ID "${printable(installationId)}" is not a number: it is at the end of the address of the installation's page`,
    );
  }
  return new GitHubApp(id, installationId, readKey(key), place);
}

function parseAppAuth(text: string): z.output<typeof appAuthSchema> {
  const { data } = appAuthSchema.safeParse(parseJson(text));
  if (data) return data;
  throw new UsageError(
    "github:appAuth is no map of id and installationId: pulumi config set --path github:appAuth.id <App ID>",
  );
}

/** Variables often have `\n` in place of line ends. The value is in no message. */
function readKey(text: string): string {
  const key = `${text.replaceAll("\\n", "\n").trim()}\n`;
  if (!key.includes("-----BEGIN")) {
    const isPath = /^[~./]|\.pem\s*$/.test(key);
    const problem = isPath ? "a path, and not the key's text" : "no private key in PEM";
    throw new UsageError(
      `GITHUB_APP_PEM_FILE is ${problem}: export GITHUB_APP_PEM_FILE="$(cat <file>)"`,
    );
  }
  try {
    if (createPrivateKey(key).asymmetricKeyType === "rsa") return key;
  } catch {
    // The error may quote the key.
  }
  throw new UsageError(
    "GITHUB_APP_PEM_FILE is no RSA private key in PEM: generate one on the App's page (Private keys), and export the whole text of the file, with its first and last line",
  );
}
