// What a command that writes in waves does with an answer, without an engine.
import { applyInWaves } from "../../../src/cli/stacks/apply-in-waves.ts";
import { assertCanConfirm } from "../../../src/cli/terminal/confirm.ts";

assertCanConfirm({}, "ghcr-fleet rollout");
await applyInWaves(
  { folder: "." } as never,
  [{ name: "acme" }],
  { healthGate: true, question: "Roll out acme?" },
  { record: false },
  async ({ confirm }) => {
    const isConfirmed = await confirm();
    if (isConfirmed) process.stdout.write("written\n");
    return [{ outcome: isConfirmed ? "done" : "declined", reasons: [], repositories: {} }];
  },
);
