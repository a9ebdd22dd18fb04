import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import fc from "fast-check";
import { afterAll, test } from "vitest";
import { realClock } from "../../src/index.ts";
import { createClient, type Client } from "../support/client.ts";
import { createBudget, gitHubLimits } from "../../src/http/rate-limits.ts";
import { restRoutes } from "../../src/rest/index.ts";
import { startAcme } from "../support/start-acme.ts";

const simulator = await startAcme({
  limits: { primary: 1e9, restPointsPerMinute: 1e9, contentPerMinute: 1e9, contentPerHour: 1e9 },
});
afterAll(() => simulator.close());
const { ids, oids } = await furnish(createClient(simulator, "admin"));
const pristine = simulator.snapshot();

/** Creates one of each thing that requests may be about; returns their names. */
async function furnish(admin: Client): Promise<{ ids: string[]; oids: string[] }> {
  const web = "/repos/acme/web";
  const ids = ["1", "2"];
  const make = async (path: string, body?: unknown, method = "POST") => {
    const answer = await admin(`${method} ${web}/${path}`, body);
    if (answer.status >= 400) throw new Error(`${path}: ${answer.text}`);
    if (answer.body?.id !== undefined) ids.push(String(answer.body.id));
    return answer.body;
  };
  const head = simulator.world.repository("acme/web").refs.get("refs/heads/main") ?? "";
  const blob = (await make("git/blobs", { content: "src" })).sha;
  const tree = await make("git/trees", {
    base_tree: head,
    tree: [
      { path: "link", mode: "120000", type: "blob", sha: blob },
      { path: "sub", mode: "160000", type: "commit", sha: head },
    ],
  });
  const message = "Link";
  const commit = (await make("git/commits", { message, tree: tree.sha, parents: [head] })).sha;
  const tag = (await make("git/tags", { tag: "v1", message, object: commit, type: "commit" })).sha;
  await make("git/refs", { ref: "refs/tags/v1", sha: tag });
  await make("git/refs", { ref: "refs/heads/feature/x", sha: commit });
  await make("pulls", { title: "Link", head: "feature/x", base: "main" });
  await make("issues", { title: "Bug", labels: ["bug"] });
  await make("issues/2/comments", { body: "Me, too" });
  await make("releases", { tag_name: "v1" });
  await make("environments/release", undefined, "PUT");
  await make("actions/variables", { name: "NAME", value: "x" });
  await make("rulesets", { name: "r", enforcement: "active", rules: [{ type: "deletion" }] });
  return { ids, oids: [head, blob, tree.sha, commit, tag] };
}

interface Schema {
  type?: string | string[];
  enum?: unknown[];
  required?: string[];
  properties?: Record<string, Schema>;
  items?: Schema;
  oneOf?: Schema[];
  anyOf?: Schema[];
}
interface Operation {
  requestBody?: { content: Record<string, { schema: Schema }> };
}

const file = join(
  dirname(createRequire(import.meta.url).resolve("@octokit/openapi")),
  "generated/api.github.com.deref.json",
);
const { paths } = JSON.parse(readFileSync(file, "utf8")) as {
  paths: Record<string, Record<string, Operation>>;
};
/** `GET /repos/x/x`: an operation's name both in the description and in the router. */
const nameOf = (method: string, path: string) =>
  `${method.toUpperCase()} ${path.replace(/:\w+(\{[^}]+\})?|\{\w+\}/g, "x")}`;
const served = new Set(
  restRoutes(createBudget(realClock, gitHubLimits)).routes.map(({ method, path }) =>
    nameOf(method, path),
  ),
);
const operations = Object.entries(paths).flatMap(([path, item]) =>
  Object.entries(item)
    .filter(([method]) => served.has(nameOf(method, path)))
    .map(([method, operation]) => ({ method, path, operation })),
);

/** Existing and missing values. */
const known: Record<string, string[]> = {
  owner: ["acme", "acme", "acme", "ACME", "nobody"],
  org: ["acme", "acme", "acme", "nobody"],
  repo: ["web", "web", "web", "web", "API", "gateway", "playground", "legacy-reports", "nothing"],
  branch: ["main", "main", "feature/x", "none"],
  ref: ["heads/main", "heads/feature/x", "tags/v1", "main"],
  path: ["README.md", "README.md", "src", "new/file.txt", "../x", ".git/config", "a//b"],
  username: ["acme-admin", "acme-dev", "nobody"],
  basehead: ["main...main", "main...feature/x", "main", "a...b"],
  tree_sha: ["main", "HEAD", "feature/x"],
  environment_name: ["release", "release", "none"],
  variable_name: ["NAME"],
  secret_name: ["NAME"],
  name: ["NAME"],
  tag: ["v1"],
};
const odd = fc.oneof(
  fc.constantFrom(
    "1",
    "0",
    "-1",
    "main",
    "NAME",
    "",
    " ",
    "..",
    "%2e",
    "ü",
    "a\nb",
    "a".repeat(300),
  ),
  fc.constantFrom("9".repeat(30), "${{ x }}", "__proto__", "constructor", "refs/heads/main"),
  fc.string({ maxLength: 12 }),
);
const segment = (name: string) =>
  fc.oneof(
    { weight: 30, arbitrary: fc.constantFrom(...(known[name] ?? ids)) },
    { weight: 1, arbitrary: odd },
  );

const anything: fc.Arbitrary<unknown> = fc.oneof(
  odd,
  fc.constantFrom(null, true, false, 0, -1, 1.5, 1e21, [], {}, [null], ["x"], { a: 1 }),
);

function valueOf(schema: Schema, depth = 0): fc.Arbitrary<unknown> {
  const fitting = fittingValue(schema, depth);
  return fc.oneof({ weight: 40, arbitrary: fitting }, { weight: 1, arbitrary: anything });
}

function fittingValue(schema: Schema, depth: number): fc.Arbitrary<unknown> {
  if (schema.enum !== undefined) return fc.constantFrom(...schema.enum);
  const choices = schema.oneOf ?? schema.anyOf;
  if (choices !== undefined && depth < 4) {
    return fc.oneof(...choices.map((choice) => fittingValue(choice, depth + 1)));
  }
  const types = [schema.type ?? (schema.properties ? "object" : "string")].flat();
  return fc.oneof(
    ...types.map((type): fc.Arbitrary<unknown> => {
      switch (type) {
        case "boolean":
          return fc.boolean();
        case "integer":
        case "number":
          return fc.integer({ min: -2, max: 2000 });
        case "array":
          return depth > 4
            ? fc.constant([])
            : fc.array(valueOf(schema.items ?? {}, depth + 1), { maxLength: 3 });
        case "object": {
          if (depth > 4) return fc.constant({});
          const fields = Object.entries(schema.properties ?? {}).map(
            ([key, inner]) => [key, valueOf(inner, depth + 1)] as const,
          );
          // Required fields are mostly there.
          const required = schema.required ?? [];
          const must = fc.constantFrom<string[]>([], required, required);
          return must.chain((requiredKeys) =>
            fc.record(Object.fromEntries(fields), { requiredKeys }),
          );
        }
        case "null":
          return fc.constant(null);
        default:
          return fc.oneof(
            fc.constantFrom("main", "refs/heads/new", "100644", "160000", "blob", "commit"),
            fc.constantFrom(
              ...oids,
              "2020-01-01T00:00:00Z",
              "NAME",
              "v1",
              "feature/x",
              "README.md",
            ),
            odd,
          );
      }
    }),
  );
}

const request = fc.constantFrom(...operations).chain(({ method, path, operation }) => {
  const names = [...path.matchAll(/\{(\w+)\}/g)].map(([, name = ""]) => name);
  const schema = operation.requestBody?.content["application/json"]?.schema;
  return fc.record({
    method: fc.constant(method.toUpperCase()),
    path: fc
      .tuple(...names.map(segment))
      .map((values) =>
        values.reduce(
          (filled, value, at) =>
            filled.replace(
              `{${names[at] ?? ""}}`,
              encodeURIComponent(value).replaceAll("%2F", "/") || "%20",
            ),
          path,
        ),
      ),
    query: fc.constantFrom("", "?per_page=0&page=-1", "?page=1e9", "?per_page=abc", "?ref=x%00"),
    body: method === "get" || schema === undefined ? fc.constant(undefined) : valueOf(schema),
  });
});

test("it neither fails nor hangs, whatever the request", async () => {
  const authorization = `Bearer ${simulator.world.tokenValue("admin")}`;
  await fc.assert(
    fc.asyncProperty(fc.array(request, { minLength: 20, maxLength: 60 }), async (steps) => {
      simulator.restore(pristine);
      for (const { method, path, query, body } of steps) {
        const response = await fetch(simulator.url + path + query, {
          method,
          redirect: "manual",
          headers: { authorization },
          signal: AbortSignal.timeout(5_000),
          ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        });
        const answer = await response.text();
        if (response.status === 500) {
          throw new Error(`${method} ${path}${query} ${JSON.stringify(body)}: ${answer}`);
        }
      }
    }),
    { numRuns: 25 },
  );
});
