import type { PublishedPackage } from "../../../src/properties/repository-publishing.ts";
import { publishFirstImage } from "../../../src/registry/publish-first-image.ts";
import { reaching } from "../../../src/registry/reaching.ts";
import {
  openSession,
  refuseUnlessOk,
  type RegistryClientOptions,
} from "../../../src/registry/registry-client.ts";
import { unknownValue, type Properties } from "../../protocol/property-values.ts";
import type { ResourceContext } from "../../protocol/resource-type.ts";
import type { Vault } from "../vault.ts";
import {
  allowed,
  judgePackages,
  notTried,
  packageOf,
  readFacts,
  type Facts,
  type PackageInputs,
  type TriedPush,
} from "./judge-packages.ts";
import type { Packages } from "./packages.ts";
import { PushProbes } from "./push-probes.ts";

const publishingToken = "the publishing token";

/** The registry that packages are in. */
export interface Registry {
  /** As images begin with it: "ghcr.io". */
  readonly name: string;
  /** Root: `https://ghcr.io`. */
  readonly url: string;
}

/** What is tried before the first push of each package. */
interface PushArgs {
  readonly owner: string;
  readonly username?: string | undefined;
  /** Absent where the job's own token pushes. */
  readonly credential?: string | undefined;
}

/**
 * The packages that a repository publishes to.
 *
 * GitHub has no API that writes a package's visibility, link or grants. So this enforces what it can
 * (the link, at first publish), verifies the rest, and lists the tasks for a person. The list is built
 * again at each refresh. Packages are never deleted.
 */
export class PackageVerifier {
  readonly #packages: Packages;
  readonly #probes: PushProbes;
  readonly #registry: Registry;
  readonly #vault: Vault;
  /** The credential with which each repository's packages are published. */
  readonly #credentials = new Map<string, RegistryClientOptions["credential"]>();

  /** @param fleet names of its repositories, in the order in which the engine checks them */
  constructor(packages: Packages, registry: Registry, vault: Vault, fleet: readonly string[]) {
    this.#packages = packages;
    this.#probes = new PushProbes(packages, fleet);
    this.#registry = registry;
    this.#vault = vault;
  }

  keep(credential: string): void {
    this.#vault.keep(credential);
  }

  /** The login that publishes with a credential, as far as it is known. */
  ownerOf(credential: string): string | undefined {
    return this.#vault.ownerOf(credential);
  }

  /**
   * Asks the registry for each package until it allows the push, and again when a refresh found another
   * package, or when the PAT is another person's. Another PAT of the same person is tried by a rotation's
   * first wave and at its health gate, not for the whole fleet.
   */
  async tryPushes(
    args: PushArgs & { readonly repository: string },
    images: readonly string[],
    olds: Properties,
    isWithheld: boolean,
  ): Promise<Properties[]> {
    // GHCR checks only the password, but requires a username.
    const { owner, username = owner, credential: password } = args;
    if (password === undefined) return images.map((image) => ({ image, push: notTried }));
    const isOther = (this.ownerOf(password) ?? olds["username"]) !== olds["username"];
    if (!isWithheld) this.#credentials.set(keyOf(args), { username, password });
    const known = (olds["packages"] ?? []) as unknown as readonly TriedPush[];
    const pushes: Properties[] = [];
    for (const image of images) {
      const found = known.find((each) => each.image === image);
      const before = found && { ...found, ...(isOther && { doubted: true }) };
      pushes.push({ image, push: await this.#tryPush(args, image, before, isWithheld) });
    }
    return pushes;
  }

  async #tryPush(
    args: PushArgs & { readonly repository: string },
    image: string,
    before: TriedPush | undefined,
    isWithheld: boolean,
  ): Promise<TriedPush["push"]> {
    const known = before?.doubted === true ? undefined : before?.push;
    if (known === allowed) return allowed;
    if (isWithheld) return known ?? unknownValue;
    return this.#probes.ask(this.#registryFor(args), args, image);
  }

  /** Verifies the packages, and publishes a first image where that is declared. */
  async apply(
    properties: Properties,
    state: Properties,
    preview: boolean,
    context: ResourceContext,
  ): Promise<Properties> {
    const inputs = this.#inputsOf(properties);
    const found = await this.#readAll(inputs);
    // States of earlier versions do not say whether a package existed.
    const isKnown = Object.keys(state).length === 0 || state["packages"] !== undefined;
    const bootstraps = inputs.bootstrap === true && isKnown && !preview;
    for (const { image, push } of bootstraps ? (inputs.packages ?? []) : []) {
      // A deleted package can be restored only until its name is used again.
      const facts = found.get(image);
      // The registry knows private packages of a user that GitHub does not show to this token.
      const isUnseen = facts === undefined || (facts === "hidden" && inputs.ownerKind === "User");
      const isMissing = isUnseen && !packageOf(state, image)?.existed;
      if (isMissing && push === allowed) {
        found.set(image, await this.#publishFirst(inputs, image, context));
      }
    }
    return judgePackages(inputs, found, state, context, preview);
  }

  /** @returns the outputs, and the inputs that the next `check` gets */
  async read(
    properties: Properties,
    state: Properties,
    context: ResourceContext,
  ): Promise<{ outputs: Properties; inputs: Properties }> {
    const inputs = this.#inputsOf(properties);
    const outputs = judgePackages(inputs, await this.#readAll(inputs), state, context, false);
    const packages = inputs.packages?.map((each): Properties => {
      const isChanged = !isSamePackage(
        packageOf(state, each.image),
        packageOf(outputs, each.image),
      );
      // Policies judge what an update leaves out (`--target`) by its inputs, so the answer stays.
      return { ...each, ...(isChanged && { doubted: true }) };
    });
    return { outputs, inputs: packages ? { packages } : {} };
  }

  async #readAll(inputs: PackageInputs): Promise<Map<string, Facts>> {
    const found = new Map<string, Facts>();
    for (const { image } of inputs.packages ?? []) {
      found.set(image, await readFacts(this.#packages, inputs, image));
    }
    return found;
  }

  #inputsOf(properties: Properties): PackageInputs {
    const { host, ownerKind } = this.#packages.account;
    const { name: registry } = this.#registry;
    return { ...(properties as unknown as PackageInputs), host, ownerKind, registry };
  }

  /** Creates the package, unless the registry has an image that GitHub does not show. */
  async #publishFirst(
    inputs: PackageInputs,
    image: string,
    context: ResourceContext,
  ): Promise<Facts> {
    context.status("publishing a first image");
    const address = `${inputs.host.web}/${inputs.owner}/${inputs.repository}`;
    const registry = this.#registryFor(inputs);
    return reaching(this.#registry.url, publishingToken, async () => {
      if (await hasImage(registry, nameOf(inputs, image))) return "hidden";
      await publishFirstImage(registry, nameOf(inputs, image), address);
      this.#packages.forget(image);
      return readFacts(this.#packages, inputs, image);
    });
  }

  #registryFor(place: {
    readonly owner: string;
    readonly repository: string;
  }): RegistryClientOptions {
    const credential = this.#credentials.get(keyOf(place));
    if (!credential) throw new Error("this process has not seen the publishing token");
    return { ...this.#registry, credential };
  }
}

/**
 * Whether the registry has the image, as far as the credential may see. GitHub's API answers as if a
 * package did not exist to accounts that may not read it.
 *
 * @param image `<owner>/<image>`, lower case
 * @throws {RegistryRefusal} the credential is not accepted, or the registry cannot say
 * @see https://github.com/opencontainers/distribution-spec/blob/main/spec.md#listing-tags
 */
async function hasImage(options: RegistryClientOptions, image: string): Promise<boolean> {
  const send = await openSession(options, image, "pull");
  const answer = await send({ method: "GET", path: `/v2/${image}/tags/list` });
  if (answer.status !== 404) await refuseUnlessOk(answer);
  await answer.body?.cancel();
  return answer.ok;
}

function isSamePackage(
  before: PublishedPackage | undefined,
  found: PublishedPackage | undefined,
): boolean {
  const names = ["exists", "linkedTo", "visibility"] as const;
  return names.every((name) => before?.[name] === found?.[name]);
}

function nameOf({ owner }: { readonly owner: string }, image: string): string {
  return `${owner.toLowerCase()}/${image}`;
}

function keyOf({ owner, repository }: { readonly owner: string; readonly repository: string }) {
  return `${owner}/${repository}`.toLowerCase();
}
