import { RequestError } from "@octokit/request-error";
import { explainFailure } from "../../src/github/client/explain-failure.ts";
import { hashToken } from "../../src/github/tokens/inspect-token.ts";
import { hasImage } from "../../src/registry/has-image.ts";
import {
  packageAccessProperties,
  type PackageFinding,
} from "../../src/properties/package-access.ts";
import type { StateOf } from "../../src/properties/resource-properties.ts";
import { judgePackage, type PackageFacts } from "../../src/registry/judge-package.ts";
import { probePush } from "../../src/registry/probe-push.ts";
import { publishFirstImage } from "../../src/registry/publish-first-image.ts";
import { reaching } from "../../src/registry/reaching.ts";
import type { RegistryClientOptions } from "../../src/registry/registry-client.ts";
import { UserError } from "../../src/user-error.ts";
import { withheldPat } from "../../src/withheld-pat.ts";
import type { Packages } from "./packages.ts";
import { toFailures } from "../protocol/check-inputs.ts";
import { diffProperties } from "../protocol/property-diff.ts";
import { hasUnknown, pick, unknownValue, type Properties } from "../protocol/property-values.ts";
import type { ResourceContext, ResourceType } from "../protocol/resource-type.ts";
import type { Vault } from "./vault.ts";

type State = StateOf<typeof packageAccessProperties>;

/** The result of `check`: the credential's hash and the registry's answer to a push with it. */
type Inputs = Pick<State, "owner" | "repository" | "image" | "visibility" | "bootstrap"> & {
  /** Unknown, like `push`, in a preview without the credential. */
  username: string | typeof unknownValue;
  credentialHash: string;
  /** `allowed`, or the registry's refusal. */
  push: string | typeof unknownValue;
};

const allowed = "allowed";

const publishingToken = "the publishing token";

/**
 * `ghcr:index:PackageAccess`: the package that a repository publishes to.
 *
 * GitHub has no API that writes a package's visibility, link or grants. So this resource enforces what
 * it can (the link, at first publish), verifies the rest, and lists the tasks for a person. The list is
 * built again at each refresh. Packages are never deleted.
 */
export function packageAccess(packages: Packages, registryUrl: string, vault: Vault): ResourceType {
  const registryFor = ({ username, credentialHash }: Inputs): RegistryClientOptions => {
    const password = vault.find((value) => hashToken(value) === credentialHash);
    if (password === undefined || username === unknownValue)
      throw new Error("this process has not seen the publishing token");
    return { url: registryUrl, credential: { username, password } };
  };
  const imageOf = ({ owner, image }: Inputs) => `${owner.toLowerCase()}/${image}`;

  /**
   * Asks the registry until it allows the push, and once after each refresh; otherwise the last answer
   * is used.
   */
  async function askToPush(olds: Properties, inputs: Inputs): Promise<string> {
    const known =
      olds["credentialHash"] === inputs.credentialHash && olds["image"] === inputs.image;
    if (known && olds["push"] === allowed && !isDoubted(olds)) return allowed;
    const registry = registryFor(inputs);
    const probe = await reaching(registryUrl, publishingToken, () =>
      probePush(registry, imageOf(inputs)),
    );
    return probe.allowed ? allowed : probe.reason;
  }

  /** Creates the package, unless the registry has an image that GitHub does not show. */
  async function publishFirst(inputs: Inputs, context: ResourceContext): Promise<Facts> {
    context.status("publishing a first image");
    const source = `https://github.com/${inputs.owner}/${inputs.repository}`;
    const registry = registryFor(inputs);
    return reaching(registryUrl, publishingToken, async () => {
      if (await hasImage(registry, imageOf(inputs))) return "hidden";
      await publishFirstImage(registry, imageOf(inputs), source);
      packages.forget(inputs.image);
      return readFacts(packages, inputs);
    });
  }

  async function apply(
    inputs: Inputs,
    state: Properties,
    preview: boolean,
    context: ResourceContext,
  ): Promise<Properties> {
    let facts = await readFacts(packages, inputs);
    // A deleted package can be restored only until its name is used again.
    const isMissing = facts === undefined && state["existed"] !== true;
    if (inputs.bootstrap && isMissing && inputs.push === allowed && !preview) {
      facts = await publishFirst(inputs, context);
    }
    const looked = lookAt(inputs, facts, state, context);
    return preview && facts === "hidden" && !wasSeen(state) ? { ...looked, ...unseen } : looked;
  }

  return {
    properties: packageAccessProperties,

    async check(olds, news) {
      if (news["credential"] === withheldPat) return { inputs: unasking(olds, news), failures: [] };
      if (typeof news["credential"] === "string") vault.keep(news["credential"]);
      if (hasUnknown(news)) {
        const reason = "all inputs of a package must be known in preview";
        return { inputs: {}, failures: [{ property: "image", reason }] };
      }
      const parsed = packageAccessProperties.args.safeParse(news);
      if (!parsed.success) return { inputs: {}, failures: toFailures(parsed.error) };
      const { credential, ...request } = parsed.data;
      const inputs = { ...request, credentialHash: hashToken(credential), push: allowed };
      return { inputs: { ...inputs, push: await askToPush(olds, inputs) }, failures: [] };
    },

    diff({ doubted: _, ...olds }, news, state) {
      const push = state["push"] ?? allowed;
      const isOpen = news["push"] === unknownValue || news["push"] === undefined;
      const answer = isOpen ? push : news["push"];
      return diffProperties({ ...olds, push }, { ...news, push: answer }, ["owner", "image"]);
    },

    // Without the credential, only the right to push is unknown.
    previewsUnknown: true,
    async create(properties, preview, context) {
      const inputs = properties as unknown as Inputs;
      return { id: imageOf(inputs), state: await apply(inputs, {}, preview, context) };
    },

    async read(id, state, properties, context) {
      if (Object.keys(properties).length === 0) {
        throw new UserError(`cannot import "${id}": a package is verified, so declare it instead`);
      }
      const request = { ...properties, push: state["push"] ?? allowed } as unknown as Inputs;
      const facts = await readFacts(packages, request);
      const looked = lookAt(request, facts, state, context);
      return { id, state: looked, inputs: { ...properties, push: looked["push"], doubted: true } };
    },

    update: (_id, state, properties, preview, context) =>
      apply(properties as unknown as Inputs, state, preview, context),

    delete: async () => {},
  };
}

/** Inputs of a preview without the credential. */
function unasking(olds: Properties, { credential: _, ...request }: Properties): Properties {
  const known = pick(olds, isDoubted(olds) ? ["credentialHash"] : ["credentialHash", "push"]);
  return {
    bootstrap: false,
    credentialHash: unknownValue,
    push: unknownValue,
    ...request,
    ...known,
  };
}

/**
 * After a refresh `check` asks the registry again. Until then the last answer is kept, because policies
 * judge resources that an update leaves out (`--target`) by their inputs.
 */
function isDoubted(inputs: Properties): boolean {
  return inputs["doubted"] === true;
}

/** `hidden`: the admin token may not see the package. */
type Facts = PackageFacts | "hidden" | undefined;

async function readFacts(packages: Packages, { owner, image }: Inputs): Promise<Facts> {
  try {
    return await packages.get(image);
  } catch (error) {
    if (error instanceof RequestError && error.status === 403) return "hidden";
    throw explainFailure(error, `read the package ${owner}/${image}`);
  }
}

/** The findings for a token that may not see the package. */
const unseen: Properties = {
  verified: unknownValue,
  exists: unknownValue,
  linkedTo: unknownValue,
  actualVisibility: unknownValue,
};

/**
 * States without `verified` were written by a version that failed for packages that it could not see.
 */
function wasSeen(state: Properties): boolean {
  return state["exists"] !== undefined && state["verified"] !== false;
}

/**
 * The next state, with a warning for each new finding that needs a person. A token that may not see the
 * package does not change the state: it may be one that only previews.
 */
function lookAt(
  inputs: Inputs,
  facts: Facts,
  state: Properties,
  context: ResourceContext,
): Properties {
  if (facts === "hidden" && wasSeen(state)) return { ...state, ...inputs };
  const { existed = false, findings: known = [] } = state;
  const findings = judge(inputs, facts, existed === true);
  const shown = JSON.stringify(known);
  for (const { state, text, url } of findings) {
    const asks = state === "manual" || state === "problem";
    if (asks && !shown.includes(JSON.stringify(text))) context.warn(url ? `${text}: ${url}` : text);
  }
  const seen = facts === "hidden" ? undefined : facts;
  return {
    ...inputs,
    verified: facts !== "hidden",
    exists: facts === "hidden" ? undefined : facts !== undefined,
    existed: existed === true || seen !== undefined,
    linkedTo: seen?.repository,
    actualVisibility: seen?.visibility,
    findings: findings.map((finding) => ({ ...finding })),
  };
}

function judge(inputs: Inputs, facts: Facts, before: boolean): PackageFinding[] {
  const { owner, image, username, push } = inputs;
  if (facts === "hidden") {
    const text = `ghcr.io/${owner.toLowerCase()}/${image} cannot be verified: use an admin token of an owner of ${owner}, with the scope read:packages`;
    return [{ subject: "exists", state: "manual", text }];
  }
  const refusal = push === allowed || push === unknownValue ? undefined : push;
  const publisher = username === unknownValue ? "the publisher" : username;
  const wishes = { visibility: undefined, ...inputs, publisher };
  return judgePackage(wishes, facts, before, refusal);
}
