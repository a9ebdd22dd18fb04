// The engine loads policy packs with `require`, through ts-node. This shim leaves that at once:
// Node itself runs the TypeScript behind it, and keeps what it compiled for the next run. It does so at
// exit, which a pack never comes to: the engine kills it. So it is told to, once the parsers are in use.
const { enableCompileCache, flushCompileCache } = require("node:module");
enableCompileCache();
setTimeout(flushCompileCache, 1000).unref();
module.exports = import("./pack.ts");
