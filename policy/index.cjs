if (!process.features.typescript) {
  const found = `this is ${process.version}, from the \`node\` on PATH`;
  throw new Error(`The policies of ghcr-fleet need Node.js 22.18 or newer; ${found}.`);
}

// The engine loads policy packs with `require`, through ts-node. This shim leaves that at once:
// Node itself runs the TypeScript behind it, and keeps what it compiled for the next run. It does so at
// exit, which a pack never comes to: the engine kills it. So it is told to, again and again, because
// the parsers are loaded with the first workflow file.
const Module = require("node:module");
const { existsSync } = require("node:fs");
const { join } = require("node:path");
const { pathToFileURL } = require("node:url");
Module.enableCompileCache();
setInterval(Module.flushCompileCache, 1000).unref();

// The SDK loads npm's own code to find the packages that a serialized function needs. That takes longer
// than all the rest of the SDK, and a pack serializes no functions: it counts as loaded, and is empty.
const sdk = Module.createRequire(require.resolve("@pulumi/pulumi"));
const npm = sdk.resolve("@npmcli/arborist");
require.cache[npm] ??= Object.assign(new Module(npm), { exports: {}, loaded: true });

// engine/bundle-plugins.ts
const bundles = process.env["GHCR_FLEET_BUNDLES"];
const bundle = join(__dirname, `../node_modules/.cache/ghcr-fleet/${bundles}/pack.mjs`);
module.exports = import(existsSync(bundle) ? pathToFileURL(bundle).href : "./pack.ts");
