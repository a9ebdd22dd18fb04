// Preloaded into the Node processes that the engine starts, and into ours. To serialize functions, Pulumi's SDK loads
// npm's own code and a TypeScript compiler: a sixth of the time that the program takes to start. This
// program serializes no functions.
const { registerHooks } = require("node:module");

const unused = /\/node_modules\/(?:@npmcli\/arborist\/|@pulumi\/pulumi\/typescript-shim\.js$)/;
registerHooks?.({
  load: (url, context, next) =>
    unused.test(url) ? { format: "commonjs", source: "", shortCircuit: true } : next(url, context),
});
