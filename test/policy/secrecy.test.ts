import fc from "fast-check";
import { expect, test } from "vitest";
import { isUnknownValue } from "../../policy/model/unknown-value.ts";
import { rules } from "../../policy/rules.ts";
import { cases } from "./cases/index.ts";
import { runPolicy, unknownValue, type TestResource } from "./run-policy.ts";

/** Secrets in the forms that could appear in wrong places: tokens, keys, passwords. */
const base62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const alphanumeric = (minLength: number, maxLength = minLength) =>
  fc
    .array(
      fc.nat(61).map((digit) => base62.charAt(digit)),
      { minLength, maxLength },
    )
    .map((characters) => characters.join(""));
const canary = fc.oneof(
  alphanumeric(36).map((random) => `ghp_${random}`),
  alphanumeric(60).map((random) => `github_pat_${random}`),
  alphanumeric(24, 64).map((random) => `7${random}x`),
);

const programs = cases.flatMap(({ rule, violating, missing, passing }) =>
  [violating, missing, passing].map((program) => ({ rule, program })),
);

test("no message contains a secret, wherever the secret is", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...programs),
      fc.constantFrom(...rules),
      canary,
      fc.nat(),
      fc.constantFrom(
        ...["whole", "prefixed", "in a line", "key", "name", "next to the unknown", "fleet"],
      ),
      async ({ rule: own, program }, other, secret, seed, how) => {
        for (const rule of [own, other]) {
          const resources = program.resources.map((each) => plant(each, secret, seed, how));
          const policyConfig = rule === own ? program.policyConfig : undefined;
          const fleet = JSON.stringify({ username: secret, secret: { name: secret } });
          const { violations, unknown } = await runPolicy(rule, {
            ...program,
            resources,
            ...(how === "fleet" && { config: { ...program.config, "ghcr-fleet:fleet": fleet } }),
            ...(policyConfig && { policyConfig }),
          });
          expect([...violations, ...unknown].join("\n")).not.toContain(secret);
        }
      },
    ),
    { numRuns: 400 },
  );
});

test("no rule fails on any form of properties", async () => {
  const anything = fc.anything({ withDate: false, withBigInt: false, maxDepth: 3 });
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...programs),
      fc.dictionary(fc.string(), anything),
      fc.nat(),
      async ({ rule, program }, junk, seed) => {
        const resources = program.resources.map((each) => ({
          ...each,
          props: { ...mapAt(each.props, seed, () => junk), ...junk },
        }));
        await runPolicy(rule, { ...program, resources });
      },
    ),
    { numRuns: 200 },
  );
});

test("an unknown value is distinguished from an error", () => {
  expect(isUnknownValue(new Error("not known"))).toBe(false);
});

function plant(resource: TestResource, secret: string, seed: number, how: string): TestResource {
  const put = (text: string) => {
    if (how === "whole" || how === "next to the unknown") return secret;
    if (how === "prefixed") return `${text.slice(0, seed % (text.length + 1))}${secret}`;
    // On its own line, or in the middle of one.
    const at = seed % (text.length + 1);
    return `${text.slice(0, at)} ${secret} ${text.slice(at)}`;
  };
  if (how === "fleet") return resource;
  if (how === "name") return { ...resource, name: secret };
  const place = (props: TestResource["props"]) => {
    if (how === "key") return { ...props, ...renameKey(props, secret, seed) };
    const planted = mapAt(props, seed, (value) => put(typeof value === "string" ? value : ""));
    return how === "next to the unknown" ? mapAt(planted, seed + 1, () => unknownValue) : planted;
  };
  const { outputs } = resource;
  return { ...resource, props: place(resource.props), ...(outputs && { outputs: place(outputs) }) };
}

/** Replaces one of the values, at any depth: the one that the seed chooses. */
function mapAt<T extends object>(value: T, seed: number, by: (value: unknown) => unknown): T {
  const keys = Object.keys(value);
  const key = keys[seed % Math.max(1, keys.length)];
  if (key === undefined) return value;
  const child = (value as Record<string, unknown>)[key];
  const next =
    typeof child === "object" && child !== null ? mapAt(child, seed >> 1, by) : by(child);
  return (Array.isArray(value)
    ? value.map((each: unknown, index) => (String(index) === key ? next : each))
    : { ...value, [key]: next }) as unknown as T;
}

/** Puts a value, or an entry of a map, below the secret as its key. */
function renameKey(props: TestResource["props"], secret: string, seed: number) {
  const maps = Object.keys(props).filter((key) => typeof props[key] === "object");
  const key = maps[seed % Math.max(1, maps.length)];
  if (key === undefined) return { [secret]: unknownValue };
  const [first, ...rest] = Object.entries(props[key] as Record<string, unknown>);
  const path = first?.[0].replace(/[^/]+(?=\.yml$)/, secret) ?? secret;
  return { [key]: Object.fromEntries([[path, first?.[1] ?? unknownValue], ...rest]) };
}
