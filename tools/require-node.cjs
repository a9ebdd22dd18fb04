// The engine starts the program with the Node on PATH, and Pulumi.yaml lets that Node read this file first
// (nodeargs), because an old one cannot even read the program.
if (!process.features.typescript) {
  const found = `this is ${process.version}, from the \`node\` on PATH`;
  process.stderr.write(
    `ghcr-fleet needs Node 22.18 or newer; ${found}: https://nodejs.org/en/download\n`,
  );
  // With this code, the engine adds no message of its own:
  // https://github.com/pulumi/pulumi/blob/v3.276.0/sdk/nodejs/cmd/run/index.ts
  process.exit(32);
}

// The SDK lets source-map-support map each frame of each stack trace, as its first step, and reads the maps of its own
// files for the first resource, the stack. Node runs TypeScript without moving a line, so there is nothing to map. What is
// set later counts.
// https://nodejs.org/api/typescript.html#type-stripping
Object.defineProperty(Error, "prepareStackTrace", {
  configurable: true,
  get: () => undefined,
  set() {
    Object.defineProperty(Error, "prepareStackTrace", { value: undefined, writable: true });
  },
});
