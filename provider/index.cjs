if (!process.features.typescript) {
  const found = `this is ${process.version}, from the \`node\` on PATH`;
  const error = new Error(`The provider of ghcr-fleet needs Node 22.18 or newer; ${found}.`);
  // The engine prints the message of such an error alone, without its stack.
  throw Object.assign(error, { __pulumiRunError: true });
}

// The engine loads plugins with `require`, through ts-node. This shim leaves ts-node at once, because
// Node runs the TypeScript behind it directly.
module.exports = import("./main.ts");
