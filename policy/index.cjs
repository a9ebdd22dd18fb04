if (!process.features.typescript) {
  const found = `this is ${process.version}, from the \`node\` on PATH`;
  const error = new Error(`The policies of ghcr-fleet need Node 22.18 or newer; ${found}.`);
  // The engine prints the message of such an error alone, without its stack.
  throw Object.assign(error, { __pulumiRunError: true });
}

// The engine loads policy packs with `require`, through ts-node. This shim leaves ts-node at once,
// because Node runs the TypeScript behind it directly and stores the compiled code for the next run.
// Node would store it when it exits, but the engine kills a pack. So it is stored each second, because
// the parsers are loaded with the first workflow file.
const { enableCompileCache, flushCompileCache } = require("node:module");
enableCompileCache();
setInterval(flushCompileCache, 1000).unref();

module.exports = import("./pack.ts");
