if (!process.features.typescript) {
  const found = `this is ${process.version}, from the \`node\` on PATH`;
  throw new Error(`The policies of ghcr-fleet need Node.js 22.18 or newer; ${found}.`);
}

// The engine loads policy packs with `require`, through ts-node. This shim leaves that at once:
// Node itself runs the TypeScript behind it, and keeps what it compiled for the next run. It does so at
// exit, which a pack never comes to: the engine kills it. So it is told to, again and again, because
// the parsers are loaded with the first workflow file.
const { enableCompileCache, flushCompileCache, registerHooks } = require("node:module");
enableCompileCache();
setInterval(flushCompileCache, 1000).unref();

// The SDK loads npm's own code to find the packages that a serialized function needs. That takes longer
// than all the rest of the SDK, and a pack serializes no functions.
registerHooks({
  load: (url, context, next) =>
    url.includes("/node_modules/@npmcli/arborist/")
      ? { format: "commonjs", source: "", shortCircuit: true }
      : next(url, context),
});
module.exports = import("./pack.ts");
