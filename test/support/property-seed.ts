import fc from "fast-check";

// test/run.ts draws and prints the seed. The same one gives every property the same values again.
const seed = Number(process.env["GHCR_FLEET_SEED"]);
if (Number.isInteger(seed)) fc.configureGlobal({ seed });
