/** A version of GitHub's REST API. */
export type ApiVersion = "2026-03-10" | "2022-11-28";

/**
 * The version that the client asks for. github.com and data residency have the newest one. Each Enterprise
 * Server, whose API lies below `/api/v3`, has the first one, and refuses those that are newer than itself.
 *
 * @param baseUrl root of the REST API
 * @see https://docs.github.com/en/rest/about-the-rest-api/api-versions
 */
export function apiVersionOf(baseUrl: string): ApiVersion {
  const { pathname } = new URL(baseUrl);
  return /^\/api\/v3\/?$/.test(pathname) ? "2022-11-28" : "2026-03-10";
}
