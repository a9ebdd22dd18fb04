import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { Ajv, type ValidateFunction } from "ajv";
import formats from "ajv-formats";

interface Operation {
  operationId: string;
  responses: Record<string, { content?: Record<string, { schema: object }> }>;
}

interface Description {
  paths: Record<string, Record<string, Operation>>;
  "x-webhooks": Record<
    string,
    { post: { requestBody: { content: Record<string, { schema: object }> } } }
  >;
}

const descriptions = new Map<string, Description>();

/** GitHub's published description of its REST API; large, so it is read once per process. */
function gitHubDescription(edition: "api.github.com" | "ghec"): Description {
  let description = descriptions.get(edition);
  if (description === undefined) {
    const entry = createRequire(import.meta.url).resolve("@octokit/openapi");
    const file = join(dirname(entry), "generated", `${edition}.deref.json`);
    description = JSON.parse(readFileSync(file, "utf8")) as Description;
    descriptions.set(edition, description);
  }
  return description;
}

const ajv = new Ajv({ strict: false, allErrors: true, validateFormats: true });
formats.default(ajv);
const validators = new Map<object, ValidateFunction>();

/**
 * The differences between an answer and GitHub's description of the operation; empty if there are none.
 *
 * @param body undefined if it is not the described JSON, such as that of a diff: then only the status counts
 */
export function deviations(
  method: string,
  path: string,
  status: number,
  body: string | undefined,
): string[] {
  const operation =
    findOperation(gitHubDescription("api.github.com"), method, path) ??
    // Enterprise Cloud only.
    findOperation(gitHubDescription("ghec"), method, path);
  if (operation === undefined) return [`${method} ${path} is no operation of GitHub's API`];
  const response = operation.responses[String(status)];
  if (response === undefined) {
    if (!isDocumentedElsewhere(operation, status)) {
      return [`${operation.operationId}: no status ${status}`];
    }
    return status >= 400 && body !== undefined ? errorDeviations(body) : [];
  }
  if (body === undefined) return [];
  const schema = response.content?.["application/json"]?.schema;
  if (status >= 400) {
    // The description omits the bodies of some refusals, but every refusal has a message.
    return schema === undefined && body === "" ? [] : errorDeviations(body);
  }
  if (schema === undefined) return body === "" ? [] : [`${operation.operationId}: has a body`];
  return invalidParts(`${operation.operationId} ${status}`, schema, JSON.parse(body));
}

/**
 * Statuses that GitHub's pages document for all operations, and its description for some: moved, unchanged, no
 * valid token, not allowed, not found or not visible.
 * https://docs.github.com/en/rest/using-the-rest-api/troubleshooting-the-rest-api
 * https://docs.github.com/en/rest/using-the-rest-api/best-practices-for-using-the-rest-api
 */
const ofAllOperations = [301, 304, 401, 403, 404];

/** Refusals of GitHub that its description omits, as the linked pages show. */
const leftOut: Readonly<Record<string, readonly number[]>> = {
  // https://github.com/ingydotnet/git-hub/issues/72
  "issues/list-for-repo": [410],
  // https://github.com/cli/cli/pull/6928
  "actions/create-environment-variable": [409],
  "actions/create-org-variable": [409],
  "actions/create-repo-variable": [409],
  // "Validation failed", which the page on troubleshooting documents for all operations with a body.
  "actions/create-or-update-repo-secret": [422],
  "dependabot/create-or-update-org-secret": [422],
  "oidc/update-oidc-custom-sub-template-for-org": [422],
  "orgs/custom-properties-for-repos-create-or-update-organization-definition": [422],
  "repos/create-commit-status": [422],
  "repos/enable-automated-security-fixes": [422],
  "repos/update-release": [422],
  "teams/add-or-update-repo-permissions-in-org": [422],
};

function isDocumentedElsewhere({ operationId }: Operation, status: number): boolean {
  return ofAllOperations.includes(status) || (leftOut[operationId]?.includes(status) ?? false);
}

function invalidParts(what: string, schema: object, value: unknown): string[] {
  const validate = validators.get(schema) ?? ajv.compile(withNull(schema) as object);
  validators.set(schema, validate);
  if (validate(value)) return [];
  return (validate.errors ?? []).map(
    (error) =>
      `${what}: ${error.instancePath} ${error.message ?? ""} ${JSON.stringify(error.params)}`,
  );
}

/** The differences between a webhook's payload and GitHub's description of the event. */
export function webhookDeviations(event: string, body: string): string[] {
  const payload = JSON.parse(body) as { action?: string };
  const name = [event, payload.action].filter(Boolean).join("-").replaceAll("_", "-");
  const webhook = gitHubDescription("api.github.com")["x-webhooks"][name];
  const schema = webhook?.post.requestBody.content["application/json"]?.schema;
  if (schema === undefined) return [`${name} is no webhook of GitHub's`];
  return invalidParts(name, schema, payload);
}

/** `basic-error`, the form of all errors from GitHub. */
function errorDeviations(body: string): string[] {
  const { message, documentation_url, status } = JSON.parse(body) as Record<string, unknown>;
  const fits = [message, documentation_url, status].every((value) => typeof value === "string");
  return fits ? [] : [`an error without message, documentation_url and status: ${body}`];
}

/** The described path with the fewest variables wins: `/releases/latest` over `/releases/{id}`. */
function findOperation(
  { paths }: Description,
  method: string,
  path: string,
): Operation | undefined {
  const candidates = Object.keys(paths)
    .filter((template) => paths[template]?.[method.toLowerCase()] !== undefined)
    .filter((template) => toPattern(template).test(path))
    .sort((a, b) => variables(a) - variables(b) || literal(b) - literal(a));
  return candidates[0] === undefined ? undefined : paths[candidates[0]]?.[method.toLowerCase()];
}

function variables(template: string): number {
  return template.split("{").length - 1;
}

function literal(template: string): number {
  return template.replace(/\{\w+\}/g, "").length;
}

/** Paths, refs and comparisons may contain slashes; other variables may not. */
function toPattern(template: string): RegExp {
  const withRoot = template.replace("/contents/{path}", "/contents(/.+)?");
  const pattern = withRoot.replace(/\{(\w+)\}/g, (_, name: string) =>
    /^(path|ref|basehead|tag|branch|tree_sha)$/.test(name) ? ".+" : "[^/]+",
  );
  return new RegExp(`^${pattern}$`);
}

/** OpenAPI 3.0 has `nullable` where JSON Schema has `type: [..., "null"]`. */
function withNull(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(withNull);
  if (typeof schema !== "object" || schema === null) return schema;
  const inner = Object.fromEntries(
    Object.entries(schema)
      .filter(([key]) => !["nullable", "example", "examples"].includes(key))
      .map(([key, value]) => [key, key === "enum" ? value : withNull(value)]),
  );
  return "nullable" in schema && schema.nullable === true
    ? { anyOf: [inner, { type: "null" }] }
    : inner;
}
