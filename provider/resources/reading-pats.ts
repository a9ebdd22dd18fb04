import { parsePatSource, type PatKey } from "../../src/pat/pat-source.ts";
import { readPat, type FoundPat } from "../../src/pat/read-pat.ts";
import { readByProvider, withheldPat } from "../../src/pat/stand-ins.ts";
import { registryTokenProperties } from "../../src/properties/registry-token.ts";
import { secretArgs } from "../../src/properties/resource-properties.ts";
import type { CheckFailure } from "../protocol/check-inputs.ts";
import { omit, type Properties, type PropertyValue } from "../protocol/property-values.ts";
import type { ResourceType } from "../protocol/resource-type.ts";
import type { Vault } from "./vault.ts";

type ReadKey = keyof typeof readByProvider & PatKey;

/** The provider's arguments: each a place as JSON. */
interface PatPlaces {
  readonly patFrom?: string | undefined;
  readonly nextPatFrom?: string | undefined;
}

interface Found extends FoundPat {
  readonly source: string;
}

/**
 * Gives `check` the PATs that the configuration does not hold, in place of the texts that stand for them:
 * so program, engine, state and policies never have them. Each is read at most once, and only when a
 * resource needs it, so that a refresh and the removal of a stack work without. Only secret inputs get
 * one: others are stored and shown in clear. With GHCR_FLEET_WITHOUT_PAT=1 none is read, whatever the
 * program asks for.
 *
 * @returns wraps a resource type
 */
export function readingPats(
  { patFrom, nextPatFrom }: PatPlaces,
  vault: Vault,
  environment: Readonly<Record<string, string | undefined>>,
  signal: AbortSignal,
): (type: ResourceType) => ResourceType {
  const sources: Record<ReadKey, string | undefined> = { pat: patFrom, nextPat: nextPatFrom };
  const found = new Map<ReadKey, Promise<Found>>();
  const warned = new Set<string>();

  async function read(key: ReadKey): Promise<Found> {
    const namedBy = `ghcr-fleet:${key}From`;
    const source = parsePatSource({ value: sources[key] ?? "", secret: false }, namedBy);
    const result = await readPat(source, { namedBy, environment, signal });
    vault.keep(result.pat);
    return { ...result, source: Object.keys(source)[0] ?? "" };
  }

  /** A failed read is not repeated, either. */
  function readOnce(key: ReadKey): Promise<Found> {
    const reading = found.get(key) ?? read(key);
    found.set(key, reading);
    return reading;
  }

  return (type) => ({
    ...type,
    async check(olds, news, context) {
      const name = secretArgs(type.properties).find((each) => isStandIn(news[each]));
      const failures = misplaced(name === undefined ? news : omit(news, name));
      if (failures.length > 0) return { inputs: {}, failures };
      const key = name === undefined ? undefined : keyOf(news[name]);
      if (name === undefined || !key) return type.check(olds, news, context);
      if (environment["GHCR_FLEET_WITHOUT_PAT"] === "1") {
        return type.check(olds, { ...news, [name]: withheldPat }, context);
      }
      const { pat, warning, source } = await readOnce(key);
      if (warning !== undefined && !warned.has(warning)) {
        warned.add(warning);
        context.warn(warning);
      }
      const checked = await type.check(olds, { ...news, [name]: pat }, context);
      // Policies judge it; a program cannot set it.
      const isToken = type.properties.token === registryTokenProperties.token;
      return isToken ? { ...checked, inputs: { ...checked.inputs, source } } : checked;
    },
  });
}

function keyOf(value: unknown): ReadKey | undefined {
  return (Object.keys(readByProvider) as ReadKey[]).find((key) => readByProvider[key] === value);
}

const standIns: readonly string[] = [withheldPat, ...Object.values(readByProvider)];

function isStandIn(value: PropertyValue | undefined): boolean {
  return typeof value === "string" && standIns.includes(value);
}

/** Inputs with a stand-in where no PAT may be. No property is named, because the engine prints its value. */
function misplaced(inputs: Properties): CheckFailure[] {
  return Object.entries(inputs)
    .filter(([, value]) => containsStandIn(value))
    .map(([name]) => ({
      property: "",
      reason:
        `the input ${name} contains the publishing PAT, which may only be the whole value of a secret, ` +
        "because anything else is stored in clear: give it another value",
    }));
}

function containsStandIn(value: PropertyValue | undefined): boolean {
  if (typeof value === "string") return standIns.some((standIn) => value.includes(standIn));
  if (typeof value !== "object" || value === null) return false;
  return Object.values(value).some(containsStandIn);
}
