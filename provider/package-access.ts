import { RequestError } from "@octokit/request-error";
import { z } from "zod";
import { explainFailure } from "../src/github/explain-failure.ts";
import type { GitHubClient } from "../src/github/github-client.ts";
import { hashToken } from "../src/github/inspect-token.ts";
import { readPackage } from "../src/github/read-package.ts";
import {
  judgePackage,
  type PackageFacts,
  type PackageFinding,
} from "../src/registry/judge-package.ts";
import { probePush } from "../src/registry/probe-push.ts";
import { publishFirstImage } from "../src/registry/publish-first-image.ts";
import { RegistryRefusal, type RegistryClientOptions } from "../src/registry/registry-client.ts";
import { UserError } from "../src/user-error.ts";
import { diffProperties } from "./property-diff.ts";
import { hasUnknown, type Properties } from "./property-values.ts";
import type { ResourceContext, ResourceType } from "./resource-type.ts";
import type { Vault } from "./vault.ts";

const requestSchema = z.object({
  owner: z.string().min(1),
  repository: z.string().min(1),
  /** Name of the package: the image without its owner. */
  image: z
    .string()
    .regex(/^[a-z0-9][a-z0-9._/-]*$/, "must be an image name in lower case, without its owner"),
  visibility: z.enum(["public", "private", "internal"]).optional(),
  /** Publish a tiny first image where the package does not exist. */
  bootstrap: z.boolean().default(false),
  username: z.string().min(1),
  /** The publishing PAT. */
  credential: z.string().min(1),
});

/** What `check` makes of it: the credential's hash and what the registry said to a push with it. */
type Inputs = Omit<z.infer<typeof requestSchema>, "credential"> & {
  credentialHash: string;
  /** `allowed`, or the registry's refusal. */
  push: string;
};

const allowed = "allowed";

/**
 * `ghcr:index:PackageAccess`: the package that a repository publishes to.
 *
 * Nothing on GitHub writes a package's visibility, link or grants, so this enforces what can be
 * enforced (the link, at first publish), verifies the rest, and lists what a person has to do. The
 * list is made anew at each refresh. Packages are never deleted.
 */
export function packageAccess(
  github: GitHubClient,
  registryUrl: string,
  vault: Vault,
): ResourceType {
  const registryFor = (username: string, hash: string): RegistryClientOptions => {
    const password = vault.find((value) => hashToken(value) === hash);
    if (password === undefined)
      throw new Error("the publishing token was not seen by this process");
    return { url: registryUrl, credential: { username, password } };
  };
  const imageOf = ({ owner, image }: Inputs) => `${owner.toLowerCase()}/${image}`;

  /** Asks again until it was allowed once; after that the same credential is believed. */
  async function askToPush(olds: Properties, inputs: Inputs): Promise<string> {
    const known =
      olds["credentialHash"] === inputs.credentialHash && olds["image"] === inputs.image;
    if (known && olds["push"] === allowed) return allowed;
    const registry = registryFor(inputs.username, inputs.credentialHash);
    const probe = await reach(registryUrl, () => probePush(registry, imageOf(inputs)));
    return probe.allowed ? allowed : probe.reason;
  }

  async function publishFirst(inputs: Inputs, context: ResourceContext): Promise<void> {
    context.status("publishing a first image");
    const source = `https://github.com/${inputs.owner}/${inputs.repository}`;
    const registry = registryFor(inputs.username, inputs.credentialHash);
    await reach(registryUrl, () => publishFirstImage(registry, imageOf(inputs), source));
  }

  async function apply(
    inputs: Inputs,
    before: boolean,
    preview: boolean,
    context: ResourceContext,
  ): Promise<Properties> {
    let facts = await readFacts(github, inputs);
    if (inputs.bootstrap && facts === undefined && inputs.push === allowed && !preview) {
      await publishFirst(inputs, context);
      facts = await readFacts(github, inputs);
    }
    const findings = judge(inputs, facts, before);
    tell(findings, context);
    return toState(inputs, facts, findings, before);
  }

  return {
    token: "ghcr:index:PackageAccess",

    async check(olds, news) {
      if (typeof news["credential"] === "string") vault.keep(news["credential"]);
      if (hasUnknown(news)) {
        const reason = "everything about a package must be known in preview";
        return { inputs: {}, failures: [{ property: "image", reason }] };
      }
      const parsed = requestSchema.safeParse(news);
      if (!parsed.success) {
        const failures = parsed.error.issues.map((issue) => ({
          property: issue.path.join("."),
          reason: issue.message,
        }));
        return { inputs: {}, failures };
      }
      const { credential, ...request } = parsed.data;
      const inputs = { ...request, credentialHash: hashToken(credential), push: allowed };
      return { inputs: { ...inputs, push: await askToPush(olds, inputs) }, failures: [] };
    },

    diff: (olds, news) => diffProperties(olds, news, ["owner", "image"]),

    async create(properties, preview, context) {
      const inputs = properties as unknown as Inputs;
      return { id: imageOf(inputs), state: await apply(inputs, false, preview, context) };
    },

    async read(id, state, properties) {
      if (Object.keys(properties).length === 0) {
        throw new UserError(`cannot import "${id}": a package is verified, so declare it instead`);
      }
      const inputs = properties as unknown as Inputs;
      const before = state["exists"] === true;
      const facts = await readFacts(github, inputs);
      const next = toState(inputs, facts, judge(inputs, facts, before), before);
      return { id, state: next, inputs: properties };
    },

    update: (_id, state, properties, preview, context) =>
      apply(properties as unknown as Inputs, state["exists"] === true, preview, context),

    delete: async () => {},
  };
}

/** `hidden`: the admin token may not see packages. */
type Facts = PackageFacts | "hidden" | undefined;

async function readFacts(github: GitHubClient, { owner, image }: Inputs): Promise<Facts> {
  try {
    return await readPackage(github, owner, image);
  } catch (error) {
    if (error instanceof RequestError && error.status === 403) return "hidden";
    throw explainFailure(error, `read the package ${owner}/${image}`);
  }
}

function judge(inputs: Inputs, facts: Facts, before: boolean): PackageFinding[] {
  if (facts === "hidden") {
    const text = "cannot be verified: give the admin token the scope read:packages";
    return [{ subject: "exists", state: "manual", text }];
  }
  const refusal = inputs.push === allowed ? undefined : inputs.push;
  return judgePackage({ visibility: undefined, ...inputs }, facts, before, refusal);
}

function toState(
  inputs: Inputs,
  facts: Facts,
  findings: readonly PackageFinding[],
  before: boolean,
): Properties {
  const known = facts === "hidden" ? { exists: before } : { exists: facts !== undefined, facts };
  return {
    ...inputs,
    exists: known.exists,
    linkedTo: known.facts?.repository,
    actualVisibility: known.facts?.visibility,
    findings: findings.map((finding) => ({ ...finding })),
  };
}

/** A finding that asks for somebody is said once more when it is found. */
function tell(findings: readonly PackageFinding[], context: ResourceContext): void {
  for (const { state, text, url } of findings) {
    if (state === "manual" || state === "problem") context.warn(url ? `${text}: ${url}` : text);
  }
}

async function reach<T>(url: string, run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    if (error instanceof RegistryRefusal) {
      throw new UserError(`${url} refused the publishing token: ${error.message}`);
    }
    if (error instanceof TypeError || (error instanceof Error && error.name === "TimeoutError")) {
      throw new UserError(`cannot reach the registry at ${url}: check the network, then run again`);
    }
    throw error;
  }
}
