// Starts the provider on a Node that runs TypeScript directly.
if (!process.features.typescript) {
  const found = `this is ${process.version}, from the \`node\` on PATH`;
  process.stderr.write(`The provider of ghcr-fleet needs Node 22.18 or newer; ${found}.\n`);
  process.exit(1);
}

await import("./main.ts");

// Node writes what it compiled when it exits, but the engine kills a provider. An old Node has no such function.
const { flushCompileCache } = await import("node:module");
flushCompileCache();
