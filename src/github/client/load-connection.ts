import { printable, unprintable } from "../../printable.ts";
import { gitHubHost } from "../../github-host.ts";
import { isPrivateUrl } from "../../private-url.ts";
import { UsageError } from "../../user-error.ts";
import { loadGitHubApp, type GitHubApp } from "./github-app.ts";

export type Connection = {
  /** Organisation or user whose repositories are managed. */
  readonly owner: string;
  /** Root of the REST API, without a trailing slash. */
  readonly baseUrl: string;
} & (
  | {
      /** The admin token. */
      readonly token: string;
      readonly tokenFrom: "configuration" | "environment";
    }
  | {
      /** The App that fetches its own tokens. */
      readonly token: GitHubApp;
      readonly tokenFrom: "app";
    }
);

/**
 * The settings of @pulumi/github, from the same places, so that both providers use the same GitHub:
 * `github:owner`, `github:baseUrl`, `github:appAuth`, `github:token` and their variables.
 *
 * @see https://www.pulumi.com/registry/packages/github/installation-configuration/
 * @throws {UsageError} a setting is missing; says how to set it
 */
export function loadConnection(
  config: { get(key: string): string | undefined },
  environment: Readonly<Record<string, string | undefined>>,
): Connection {
  const owner = config.get("owner") ?? environment["GITHUB_OWNER"];
  if (!owner) {
    throw new UsageError(
      "the owner is not named: pulumi config set github:owner <organisation or user>",
    );
  }
  if (unprintable.test(owner)) {
    throw new UsageError(
      `github:owner "${printable(owner)}" contains a control character; write the name as in github.com/<owner>`,
    );
  }
  const baseUrl =
    config.get("baseUrl") ?? environment["GITHUB_BASE_URL"] ?? "https://api.github.com";
  if (!URL.canParse(baseUrl) || unprintable.test(baseUrl)) {
    throw new UsageError(
      `github:baseUrl "${printable(baseUrl)}" is not a URL; leave it out for github.com`,
    );
  }
  if (!isPrivateUrl(baseUrl)) {
    throw new UsageError(
      `github:baseUrl "${baseUrl}" would send the admin token and the PAT in clear; use https`,
    );
  }
  const host = gitHubHost(baseUrl);
  const place = { owner, baseUrl: host.api };
  const app = loadGitHubApp(config.get("appAuth"), environment, { host, owner });
  if (app) return { ...place, token: app, tokenFrom: "app" };
  const configured = config.get("token");
  if (configured) return { ...place, token: configured, tokenFrom: "configuration" };
  const token = environment["GITHUB_TOKEN"];
  if (token) return { ...place, token, tokenFrom: "environment" };
  throw new UsageError(
    "the admin token is missing: pulumi config set --secret github:token, or set GITHUB_TOKEN; " +
      "or, for a GitHub App, GITHUB_APP_ID, GITHUB_APP_INSTALLATION_ID and GITHUB_APP_PEM_FILE",
  );
}
