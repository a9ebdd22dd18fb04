// The engine loads policy packs with `require`, through ts-node. This shim leaves that at once:
// Node itself runs the TypeScript behind it, and keeps what it compiled for the next run.
require("node:module").enableCompileCache();
module.exports = import("./pack.ts");
