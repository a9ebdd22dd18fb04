// `npm run test:chaos -- --seed S --minutes M`: kills at every write of a rollout and of a rotation, then for M minutes rounds
// of random faults, one seed after the other; a round that fails prints the seed that repeats it.
import { randomInt } from "node:crypto";
import { parseArgs } from "node:util";

const { values } = parseArgs({
  options: {
    seed: { type: "string", default: String(randomInt(2 ** 31)) },
    minutes: { type: "string", default: "0" },
  },
});
for (const [option, value] of Object.entries(values)) {
  if (/^\d+$/.test(value)) continue;
  process.stderr.write(
    `--${option} takes a whole number, such as --${option} 7, and not ${value}\n`,
  );
  process.exit(2);
}
process.env["GHCR_FLEET_SEED"] = values.seed;
process.env["GHCR_FLEET_CHAOS_MINUTES"] = values.minutes;
// A seed alone repeats one round.
const waves = Number(values.minutes) > 0 ? ["test/faults/waves.test.ts"] : [];
process.argv = [...process.argv.slice(0, 2), ...waves, "test/faults/chaos.test.ts"];
await import("./run.ts");
