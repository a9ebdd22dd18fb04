import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { stripVTControlCharacters } from "node:util";
import { expect, test } from "vitest";

test("npm start shows the story from denied to published, also in colour, and succeeds", async () => {
  const start = fileURLToPath(new URL("../../../demo/start.ts", import.meta.url));
  const child = spawn(process.execPath, [start], { env: { ...process.env, FORCE_COLOR: "1" } });
  let output = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => (output += text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => (output += text));
  const code = await new Promise((resolve) => child.once("close", resolve));
  expect(code, output).toBe(0);
  const lines = stripVTControlCharacters(output);
  for (const line of [
    /push to acme\/gateway +[\d.]+ s +failed +denied: /,
    /pulumi preview +[\d.]+ s +25 to create, no policy violated, nothing written/,
    /pulumi up, again +[\d.]+ s +no changes, 0 writes/,
    /the commits start CI +[\d.]+ s +published from 13 repositories/,
    /push to acme\/shop +[\d.]+ s +its own lint and test passed, published ghcr\.io\/acme\/shop:latest/,
    /push to acme\/pipeline +[\d.]+ s +published a matrix of 3 images/,
    /release v1\.4\.0 of acme\/web +[\d.]+ s +published ghcr\.io\/acme\/web:1\.4\.0, 1\.4, latest/,
    /dispatch v0\.9\.0 of acme\/api +[\d.]+ s +published ghcr\.io\/acme\/api:0\.9\.0/,
    /ghcr\.io refused GHCR_PAT/,
    /pulumi up, with a new PAT +[\d.]+ s +.* with 1 write/,
    /published ghcr\.io\/acme\/web:main with the new PAT/,
    /ghcr-fleet report +[\d.]+ s +16 repositories on one page, (?:all well|\d+ to look at)/,
    /The report, for your browser: .*report\.html/,
    /gateway +repaired, 1 left +ok +gateway:latest/,
    /kiosk +repaired +ok +kiosk:main/,
    /ledger +1 left +exists: pending, name: unknown +none yet/,
    /tools +repaired +exists: pending +none yet/,
    /pipeline +repaired +ok +pipeline\/export:edge \+2/,
    /already-right +right already/,
    /legacy-reports +archived +left out/,
    /playground +empty +left out/,
  ]) {
    expect(lines).toMatch(line);
  }
});
