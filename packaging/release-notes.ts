// Prints the section of CHANGELOG.md about a version: node packaging/release-notes.ts v0.2.0
// It fails if the tag is not the version of both packages, or if the changelog does not describe it.
import { readFile } from "node:fs/promises";

const [tag = ""] = process.argv.slice(2);
const version = tag.replace(/^v/, "");
const read = (path: string) => readFile(new URL(`../${path}`, import.meta.url), "utf8");

for (const path of ["package.json", "packages/github-simulator/package.json"]) {
  const { version: found } = JSON.parse(await read(path)) as { version: string };
  if (found !== version) fail(`${path} has the version ${found}, and the tag is ${tag}`);
}
const sections = (await read("CHANGELOG.md")).split(/^## /m).slice(1);
const section = sections.find((each) => each.split(/\s/, 1)[0] === version);
if (section === undefined) fail(`CHANGELOG.md has no section "## ${version} - <date>"`);
else process.stdout.write(`${section.slice(section.indexOf("\n")).trim()}\n`);

function fail(reason: string): void {
  process.stderr.write(`${reason}\n`);
  process.exitCode = 1;
}
