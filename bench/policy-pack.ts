// What the policy pack adds to a preview: node engine/run.mjs bench/policy-pack.ts [repositories]
// The real engine, program and providers on the simulator; the target is 1 s and 2 ms a resource.
import { policyPack, startFleet } from "../test/e2e/start-fleet.ts";

const repositories = Number(process.argv[2] ?? 250);
const rounds = 3;

const names = Array.from({ length: repositories }, (_, index) => `service-${index + 1}`);
const fleet = await startFleet(
  { repositories: [{ match: "*" }] },
  { repositories: names.map((name) => ({ name, dockerfile: "Dockerfile" })) },
  "publisher",
  // Previews this close together would wait for GitHub's budget, and not for the pack.
  { limits: { restPointsPerMinute: 1e9, graphqlPointsPerMinute: 1e9, primary: 1e9 } },
);
try {
  const seconds = { without: [] as number[], with: [] as number[] };
  let resources = 0;
  // One after the other, so that both meet the same machine.
  for (let round = 0; round < rounds; round += 1) {
    seconds.without.push((await preview([])).seconds);
    const judged = await preview(policyPack);
    seconds.with.push(judged.seconds);
    resources = judged.resources;
  }
  const [without, withPack] = [Math.min(...seconds.without), Math.min(...seconds.with)];
  const [added, target] = [withPack - without, 1 + 0.002 * resources];
  process.stdout.write(
    [
      `preview of ${resources} resources, the best of ${rounds}:`,
      `  without the pack  ${without.toFixed(1)} s`,
      `  with the pack     ${withPack.toFixed(1)} s`,
      `  added             ${added.toFixed(1)} s, of ${target.toFixed(1)} s at most`,
      "",
    ].join("\n"),
  );
  if (added > target) process.exitCode = 1;
} finally {
  await fleet.close();
}

async function preview(flags: readonly string[]) {
  const start = performance.now();
  const { exitCode, stdout, stderr } = await fleet.stack.preview(flags);
  if (exitCode !== 0) throw new Error(`pulumi preview ended with ${exitCode}:\n${stdout}${stderr}`);
  const created = /^ +\+ (\d+) to create$/m.exec(stdout)?.[1];
  return { seconds: (performance.now() - start) / 1000, resources: Number(created) };
}
