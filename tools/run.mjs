// `npm run setup` checks or installs the npm packages, Node and the Pulumi engine. `npm start` and `npm
// test` do the same, then run a script. This file runs on Node 20, before anything is installed.
// Usage: node tools/run.mjs [[--without-engine] script.ts [arguments]]
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { packagedNode, runInForeground } from "./node.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
const withoutEngine = process.argv[2] === "--without-engine";
const [script, ...args] = process.argv.slice(withoutEngine ? 3 : 2);

if (Number.parseInt(process.versions.node) < 20) {
  fail(
    `Node ${process.versions.node} is too old: the set-up needs 20 or newer.\n` +
      "Get it from https://nodejs.org/en/download, then run the command again.",
  );
} else if (packagesAreInstalled() || installPackages()) {
  if (process.features.typescript) await run();
  else if (existsSync(packagedNode)) runInForeground(packagedNode, process.argv.slice(1));
  else {
    fail(
      `Node ${process.versions.node} cannot run TypeScript, and the npm package \`node\` brought no newer one.\n` +
        "Run `npm rebuild node --ignore-scripts=false`, or get Node 22.18 or newer from https://nodejs.org/en/download.",
    );
  }
}

async function run() {
  if (withoutEngine && script !== undefined) {
    runInForeground(process.execPath, [script, ...args]);
    return;
  }
  const { scriptEnvironment } = await import("./engine.ts");
  const { ensureEngine } = await import("./ensure-engine.ts");
  const { UserError } = await import("../src/user-error.ts");
  try {
    const { version, origin, bin } = await ensureEngine();
    if (script === undefined) {
      process.stdout.write(`✓ npm packages: ${root}node_modules\n`);
      process.stdout.write(`✓ Node ${process.versions.node}: ${process.execPath}\n`);
      process.stdout.write(`✓ Pulumi engine ${version}, ${origin}: ${bin}\n`);
    } else {
      const env = { ...process.env, ...(await scriptEnvironment()) };
      runInForeground(process.execPath, [script, ...args], env);
    }
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    fail(error.message);
  }
}

/** Whether `node_modules` matches package-lock.json; npm records it when it has finished. */
function packagesAreInstalled() {
  const wanted = readPackages("package-lock.json");
  const found = readPackages("node_modules/.package-lock.json");
  return Object.entries(wanted).every(
    ([folder, { version, optional, devOptional }]) =>
      // Optional packages depend on the platform.
      folder === "" || optional || devOptional || found[folder]?.version === version,
  );
}

/** @param {string} lockfile @returns {Record<string, { version: string, optional?: boolean, devOptional?: boolean }>} */
function readPackages(lockfile) {
  const path = `${root}${lockfile}`;
  return existsSync(path) ? JSON.parse(readFileSync(path, "utf8")).packages : {};
}

function installPackages() {
  process.stderr.write("· npm packages: installing (npm ci)\n");
  // Node 24 is a development dependency: NODE_ENV=production must not leave it out.
  const flags = ["ci", "--include=dev", "--loglevel=error"];
  const { status, error } = spawnSync("npm", flags, { cwd: root, stdio: ["ignore", 2, 2] });
  if (status === 0) return true;
  fail(
    error
      ? `npm could not be started (${error.message}). It comes with Node.js: https://nodejs.org/en/download`
      : "npm ci failed. Check the network, the registry (`npm config get registry`) and the space on the disk, then run the command again.",
  );
  return false;
}

/** @param {string} message */
function fail(message) {
  process.stderr.write(`${message}\n`);
  process.exitCode = 1;
}
