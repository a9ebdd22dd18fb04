// Preloaded into the Node processes that the engine starts, and into ours. Pulumi's SDK loads a good
// deal that this product never uses, a third of the time that its program takes to start. These modules
// count as loaded, and are empty; those of a program with an SDK of its own are left alone.
const Module = require("node:module");
const path = require("node:path");

/**
 * What the SDK requires, as it writes it, and what it gets.
 *
 * @type {Record<string, object>}
 */
const standIns = {
  // To serialize functions: npm's own code, a compiler, and a debugger that hears of every script.
  "@npmcli/arborist": {},
  "@pulumi/pulumi/typescript-shim.js": {},
  "@pulumi/pulumi/runtime/closure/codePaths.js": {},
  "@pulumi/pulumi/runtime/closure/v8Hooks.js": { isInitializedAsync: async () => {} },
  // To map stack traces, one for each promise of each resource: Node strips types in place.
  "source-map-support/register": {},
};

/** What only a run that is traced needs, of all that the SDK takes from OpenTelemetry. */
const tracing = [
  "@opentelemetry/exporter-zipkin",
  "@opentelemetry/instrumentation",
  "@opentelemetry/instrumentation-grpc",
  "@opentelemetry/resources",
  "@opentelemetry/sdk-trace-base",
  "@opentelemetry/sdk-trace-node",
];

const isTraced =
  process.env["TRACEPARENT"] !== undefined ||
  process.argv.some((argument) => argument.startsWith("--tracing"));
if (!isTraced) for (const name of tracing) standIns[name] = {};

// For packs in TypeScript, which ours is to Node alone.
if (process.argv[3] === path.join(__dirname, "../policy")) {
  standIns["typescript"] = {};
  standIns["@pulumi/pulumi/vendor/typescript@3.8.3/typescript.js"] = {};
  standIns["@pulumi/pulumi/vendor/ts-node@7.0.1/index.js"] = { register: () => {} };
}

// A program or pack that the engine runs starts no engine itself.
const isRunByEngine = /@pulumi[\\/]pulumi[\\/]cmd[\\/]run/.test(process.argv[1] ?? "");
if (isRunByEngine) standIns["@pulumi/pulumi/automation/index.js"] = {};

for (const [name, exports] of Object.entries(standIns)) {
  const file = resolveAsSdk(name);
  if (file) require.cache[file] = Object.assign(new Module(file), { exports, loaded: true });
}

/**
 * Nothing where there is no such module: whatever inherits the preload must start all the same, npm in
 * the middle of an installation for one.
 *
 * @param {string} name
 */
function resolveAsSdk(name) {
  try {
    return Module.createRequire(require.resolve("@pulumi/pulumi")).resolve(name);
  } catch {
    return undefined;
  }
}
