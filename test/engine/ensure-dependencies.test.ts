import { expect, test } from "vitest";
import { ensureDependencies } from "../../engine/steps/ensure-dependencies.mjs";
import { createFakeMachine, type FakeMachine } from "./fake-machine.ts";

/** As npm writes it: `b` is for another platform, and left out when it installs. */
const locked = {
  packages: {
    "": { name: "root" },
    "node_modules/a": { version: "1.0.0" },
    "node_modules/b": { version: "2.0.0", optional: true },
  },
};
const hidden = JSON.stringify({ packages: { "node_modules/a": { version: "1.0.0" } } });

/** An `npm ci` that does what npm does, up to a point. */
const fakeNpm = (end = "") => `
rm -rf node_modules && mkdir -p node_modules/a && echo "{}" > node_modules/a/package.json
${end}
echo '${hidden}' > node_modules/.package-lock.json`;

async function createCheckout(): Promise<FakeMachine> {
  const machine = await createFakeMachine();
  await machine.write("package-lock.json", JSON.stringify(locked));
  return machine;
}

test("missing packages are installed once", async () => {
  const machine = await createCheckout();
  await machine.addProgram("npm", fakeNpm());
  expect(await ensureDependencies(machine.settings)).toEqual({ packages: 1, installed: true });
  expect(await ensureDependencies(machine.settings)).toEqual({ packages: 1, installed: false });
  expect(await machine.calls()).toEqual(["npm ci --include=dev"]);
  expect(machine.shown()).toBe("· npm packages (1)\n✓ 1 npm packages installed\n");
});

test("another version in package-lock.json is installed", async () => {
  const machine = await createCheckout();
  await machine.addProgram("npm", fakeNpm());
  await machine.write("node_modules/a/package.json", "{}");
  await machine.write("node_modules/.package-lock.json", hidden.replace("1.0.0", "0.9.0"));
  expect(await ensureDependencies(machine.settings)).toEqual({ packages: 1, installed: true });
});

test("an installation that was interrupted is made again", async () => {
  const machine = await createCheckout();
  await machine.addProgram("npm", fakeNpm("exit 1"));
  await expect(ensureDependencies(machine.settings)).rejects.toThrow("npm ci failed");
  await machine.addProgram("npm", fakeNpm());
  expect(await ensureDependencies(machine.settings)).toEqual({ packages: 1, installed: true });
});

test("a package whose folder is gone is installed again", async () => {
  const machine = await createCheckout();
  await machine.addProgram("npm", fakeNpm());
  await machine.write("node_modules/.package-lock.json", hidden);
  expect(await ensureDependencies(machine.settings)).toEqual({ packages: 1, installed: true });
});

test("two at once install once", async () => {
  const machine = await createCheckout();
  await machine.addProgram("npm", fakeNpm("sleep 0.2"));
  const both = await Promise.all([
    ensureDependencies(machine.settings),
    ensureDependencies(machine.settings),
  ]);
  expect(both.filter(({ installed }) => installed)).toHaveLength(1);
  expect(await machine.calls()).toHaveLength(1);
});

test("npm's errors are shown, without its warnings", async () => {
  const machine = await createCheckout();
  const lines = ["npm warn EBADENGINE", "npm error code ENOTFOUND", "npm error network"];
  await machine.addProgram("npm", `printf '%s\\n' ${lines.map((l) => `'${l}'`).join(" ")}; exit 1`);
  await expect(ensureDependencies(machine.settings)).rejects.toThrowErrorMatchingInlineSnapshot(`
    [SetupError: npm ci failed:
    npm error code ENOTFOUND
    npm error network
    Check the network and the registry (\`npm config get registry\`), then run the command again.]
  `);
});

test("a cache that takes no files is named before anything is fetched", async () => {
  const machine = await createCheckout();
  await machine.addProgram("npm", fakeNpm());
  await machine.write("file", "");
  const cache = `${machine.settings.root}/file/cache`;
  await expect(ensureDependencies({ ...machine.settings, cache })).rejects.toThrow(
    `The cache folder ${cache} cannot be written`,
  );
  expect(await machine.calls()).toEqual([]);
});

test("a missing npm is named with how to get it", async () => {
  const machine = await createCheckout();
  await expect(ensureDependencies(machine.settings)).rejects.toThrowErrorMatchingInlineSnapshot(
    `[SetupError: npm is not on PATH. It comes with Node.js: https://nodejs.org/en/download]`,
  );
});
