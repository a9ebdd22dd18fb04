// The engine loads plugins with `require`, through ts-node. This shim leaves ts-node at once, because
// Node runs the TypeScript behind it directly.
module.exports = import("./main.ts");
