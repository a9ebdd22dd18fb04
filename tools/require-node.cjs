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
