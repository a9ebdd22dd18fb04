import { hashToken } from "../../../src/github/tokens/inspect-token.ts";
import { packageAccessProperties } from "../../../src/properties/package-access.ts";
import { hasImage } from "../../../src/registry/has-image.ts";
import { probePush } from "../../../src/registry/probe-push.ts";
import { publishFirstImage } from "../../../src/registry/publish-first-image.ts";
import { reaching } from "../../../src/registry/reaching.ts";
import type { RegistryClientOptions } from "../../../src/registry/registry-client.ts";
import { UserError } from "../../../src/user-error.ts";
import { withheldPat } from "../../../src/withheld-pat.ts";
import { toFailures } from "../../protocol/check-inputs.ts";
import { diffProperties } from "../../protocol/property-diff.ts";
import {
  hasUnknown,
  omit,
  pick,
  unknownValue,
  type Properties,
} from "../../protocol/property-values.ts";
import type { ResourceContext, ResourceType } from "../../protocol/resource-type.ts";
import type { Vault } from "../vault.ts";
import {
  allowed,
  imagesOf,
  lookAt,
  pushOf,
  readFacts,
  wasSeen,
  type Facts,
  type PackageInputs,
} from "./look.ts";
import type { Packages } from "./packages.ts";
import { findImages, type ImageSource, type PublishedImages } from "./published-images.ts";

const publishingToken = "the publishing token";

/**
 * `ghcr:index:PackageAccess`: the packages that a repository publishes to.
 *
 * GitHub has no API that writes a package's visibility, link or grants. So this resource enforces what
 * it can (the link, at first publish), verifies the rest, and lists the tasks for a person. The list is
 * built again at each refresh. Packages are never deleted.
 *
 * @param source where a repository's own workflows are read
 */
export function packageAccess(
  packages: Packages,
  registryUrl: string,
  vault: Vault,
  source: ImageSource,
): ResourceType {
  const registryFor = ({ username, credentialHash }: PackageInputs): RegistryClientOptions => {
    const password = vault.find((value) => hashToken(value) === credentialHash);
    if (password === undefined || username === unknownValue)
      throw new Error("this process has not seen the publishing token");
    return { url: registryUrl, credential: { username, password } };
  };
  const nameOf = ({ owner }: PackageInputs, image: string) => `${owner.toLowerCase()}/${image}`;

  /**
   * Asks the registry until it allows the push, and once after each refresh; otherwise the last answer
   * is used.
   */
  async function askToPush(olds: Properties, inputs: PackageInputs, image: string) {
    const isKnown = olds["credentialHash"] === inputs.credentialHash && !isDoubted(olds);
    if (isKnown && pushOf(olds, image) === allowed) return allowed;
    const probe = await reaching(registryUrl, publishingToken, () =>
      probePush(registryFor(inputs), nameOf(inputs, image)),
    );
    return probe.allowed ? allowed : probe.reason;
  }

  /** Creates the package, unless the registry has an image that GitHub does not show. */
  async function publishFirst(
    inputs: PackageInputs,
    image: string,
    context: ResourceContext,
  ): Promise<Facts> {
    context.status("publishing a first image");
    const address = `https://github.com/${inputs.owner}/${inputs.repository}`;
    const registry = registryFor(inputs);
    return reaching(registryUrl, publishingToken, async () => {
      if (await hasImage(registry, nameOf(inputs, image))) return "hidden";
      await publishFirstImage(registry, nameOf(inputs, image), address);
      packages.forget(image);
      return readFacts(packages, inputs, image);
    });
  }

  async function apply(
    inputs: PackageInputs,
    state: Properties,
    preview: boolean,
    context: ResourceContext,
  ): Promise<Properties> {
    const found = new Map<string, Facts>();
    for (const image of imagesOf(inputs)) {
      const facts = await readFacts(packages, inputs, image);
      // A deleted package can be restored only until its name is used again.
      const isMissing = facts === undefined && !wasSeen(state, image).existed;
      const isFirst = inputs.bootstrap && isMissing && pushOf(inputs, image) === allowed;
      found.set(image, isFirst && !preview ? await publishFirst(inputs, image, context) : facts);
    }
    return lookAt(inputs, found, state, context, preview);
  }

  return {
    properties: packageAccessProperties,

    async check(olds, news) {
      const isWithheld = news["credential"] === withheldPat;
      if (!isWithheld && typeof news["credential"] === "string") vault.keep(news["credential"]);
      const { username, ...others } = news;
      if (hasUnknown(isWithheld ? others : news)) {
        const reason = "all inputs of a package must be known in preview";
        return { inputs: {}, failures: [{ property: "image", reason }] };
      }
      const asked = isWithheld && typeof username !== "string" ? { ...news, username: "?" } : news;
      const parsed = packageAccessProperties.args.safeParse(asked);
      if (!parsed.success) return { inputs: {}, failures: toFailures(parsed.error) };
      const { credential } = parsed.data;
      const request = omit(parsed.data, "credential", "publishing");
      const found = await findImages(source, parsed.data, olds);
      if (isWithheld) {
        return { inputs: unasking(olds, { ...request, username }, found), failures: [] };
      }
      const inputs = { ...withImages(request, found), credentialHash: hashToken(credential) };
      return { inputs: await withPushes(inputs, found, olds), failures: [] };
    },

    diff({ doubted: _, ...olds }, news, state) {
      const push = state["push"] ?? allowed;
      const isOpen = news["push"] === unknownValue || news["push"] === undefined;
      const answer = isOpen ? push : news["push"];
      return diffProperties(
        withoutLook({ ...olds, push }),
        withoutLook({ ...news, push: answer }),
        ["owner", "image"],
      );
    },

    // Without the credential, only the right to push is unknown.
    previewsUnknown: true,
    async create(properties, preview, context) {
      const inputs = properties as unknown as PackageInputs;
      return {
        id: nameOf(inputs, inputs.image),
        state: await apply(inputs, {}, preview, context),
      };
    },

    async read(id, state, properties, context) {
      if (Object.keys(properties).length === 0) {
        throw new UserError(`cannot import "${id}": a package is verified, so declare it instead`);
      }
      const request = {
        ...properties,
        push: state["push"] ?? allowed,
      } as unknown as PackageInputs;
      const found = new Map<string, Facts>();
      for (const image of imagesOf(request)) {
        found.set(image, await readFacts(packages, request, image));
      }
      const looked = lookAt(request, found, state, context, false);
      return { id, state: looked, inputs: { ...properties, push: looked["push"], doubted: true } };
    },

    update: (_id, state, properties, preview, context) =>
      apply(properties as unknown as PackageInputs, state, preview, context),

    delete: async () => {},
  };

  async function withPushes(
    inputs: Properties,
    { images }: PublishedImages,
    olds: Properties,
  ): Promise<Properties> {
    const pushes: { image: string; push: string }[] = [];
    for (const image of images) {
      const request = inputs as unknown as PackageInputs;
      pushes.push({ image, push: await askToPush(olds, request, image) });
    }
    return withAnswers(inputs, pushes);
  }
}

/** What the registry says to a push. */
interface Answer {
  readonly image: string;
  readonly push: string | typeof unknownValue;
}

/** The first package is described by the properties of the resource, the others are a list. */
function withAnswers(inputs: Properties, [first, ...others]: readonly Answer[]): Properties {
  return {
    ...inputs,
    push: first?.push ?? allowed,
    ...(others.length > 0 && { others: others.map((each) => ({ ...each })) }),
  };
}

/** A single image that is the declared one is not said twice. */
function withImages(request: Properties, found: PublishedImages): Properties {
  const others = omit(request, "images", "addImages");
  const { images, ...more } = found;
  const isDeclared = images.length === 1 && images[0] === request["image"];
  return {
    ...others,
    ...(isDeclared ? {} : { images: [...images] }),
    ...(more as Properties),
  };
}

/** Inputs of a preview without the credential. */
function unasking(olds: Properties, request: Properties, found: PublishedImages): Properties {
  const hash = pick(olds, ["credentialHash"]);
  const pushes = found.images.map((image): Answer => ({
    image,
    push: (isDoubted(olds) ? undefined : pushOf(olds, image)) ?? unknownValue,
  }));
  return withAnswers(
    { credentialHash: unknownValue, ...withImages(request, found), ...hash },
    pushes,
  );
}

/** What the next look needs is no change. */
function withoutLook(inputs: Properties): Properties {
  return omit(inputs, "workflows", "reader");
}

/**
 * After a refresh `check` asks the registry again. Until then the last answer is kept, because policies
 * judge resources that an update leaves out (`--target`) by their inputs.
 */
function isDoubted(inputs: Properties): boolean {
  return inputs["doubted"] === true;
}
