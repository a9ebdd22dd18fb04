import { createRequire } from "node:module";

/** The part of the SDK that turns what the engine sends into plain properties. */
interface Deserializer {
  deserializeProperties(sent: object, keepSecrets: boolean): object;
}

/**
 * Lets the SDK unpack properties when a rule first reads them, and once.
 *
 * For every policy, the SDK unpacks the properties of every resource and of its provider anew. The
 * ghcr provider is configured with the names of all repositories, so that grows with policies x
 * resources x repositories: 6 of the 8 seconds that a fleet of 250 took. Policies only read what they
 * are given, so they share it. Remediation writes, and keeps secrets apart: each call has properties of
 * its own, which most never look at, because only what is set to remediate does.
 * https://github.com/pulumi/pulumi-policy/blob/main/sdk/nodejs/policy/server.ts
 */
export function unpackOnce(): void {
  const require = createRequire(import.meta.url);
  const deserializer = require("@pulumi/policy/deserialize.js") as Deserializer;
  const unpack = deserializer.deserializeProperties;
  const unpacked = new WeakMap<object, object>();
  deserializer.deserializeProperties = (sent, keepSecrets) => {
    if (keepSecrets) return lazily(() => unpack(sent, keepSecrets));
    const properties = unpacked.get(sent) ?? lazily(() => unpack(sent, keepSecrets));
    unpacked.set(sent, properties);
    return properties;
  };
}

/** An object that is made when something first looks into it. */
function lazily(make: () => object): object {
  let made: object | undefined;
  const the = () => (made ??= make());
  return new Proxy(
    {},
    {
      get: (_, key) => Reflect.get(the(), key) as unknown,
      set: (_, key, value) => Reflect.set(the(), key, value),
      has: (_, key) => Reflect.has(the(), key),
      ownKeys: () => Reflect.ownKeys(the()),
      getOwnPropertyDescriptor: (_, key) => Reflect.getOwnPropertyDescriptor(the(), key),
    },
  );
}
