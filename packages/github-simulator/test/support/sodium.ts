import { createRequire } from "node:module";
import type Sodium from "libsodium-wrappers";

// The package's ES module imports a file that it does not ship; its CommonJS build is complete.
const sodium = createRequire(import.meta.url)("libsodium-wrappers") as typeof Sodium;
await sodium.ready;

export default sodium;
