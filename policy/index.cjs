// The engine loads policy packs with `require`, through ts-node. This shim leaves that at once:
// Node itself runs the TypeScript behind it.
module.exports = import("./pack.ts");
