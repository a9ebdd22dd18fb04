#!/usr/bin/env node
// The command `github-simulator`.
import { runCommandLine } from "./run-command-line.ts";

process.exitCode = await runCommandLine({
  name: "github-simulator",
  args: process.argv.slice(2),
  env: process.env,
  print: (line) => process.stdout.write(`${line}\n`),
  log: (line) => process.stderr.write(`${line}\n`),
});
