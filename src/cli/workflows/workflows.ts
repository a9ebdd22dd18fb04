import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { UserError } from "../../user-error.ts";
import { setWatchMinute } from "../../publishing/templates/set-watch-minute.ts";
import { commandPlace, openCommandStacks } from "../stacks/open-command-stacks.ts";
import { withProgress } from "../terminal/with-progress.ts";

const file = ".github/workflows/watch.yml";

/**
 * `ghcr-fleet workflows`: writes the minute that the stack chose into the schedule of this checkout's
 * watch.yml.
 *
 * @throws {UserError} the stack was never applied, or there is no such workflow
 */
export async function workflows(name: string | undefined): Promise<void> {
  const folder = process.cwd();
  const names = name === undefined ? [] : [name];
  const [stack] = await openCommandStacks(await commandPlace(folder), names);
  const outputs = await withProgress("reading the minute of the stack", async () =>
    stack?.engine.run(["stack", "output", "--json"]),
  );
  const { watchMinute: minute } = JSON.parse(outputs ?? "{}") as { watchMinute?: unknown };
  if (typeof minute !== "number") {
    throw new UserError("the stack has not chosen a minute yet: apply it first with pulumi up");
  }
  const path = join(folder, file);
  const before = await readFile(path, "utf8").catch(() => {
    throw new UserError(
      `${path} is missing: ghcr-fleet init writes one into an empty folder, to copy`,
    );
  });
  const after = setWatchMinute(before, minute);
  if (after !== before) await writeFile(path, after);
  const what = after === before ? "unchanged" : "written; commit it";
  process.stdout.write(`${file}: minute ${minute}, ${what}\n`);
}
