import { beforeEach, expect, test } from "vitest";
import type { Properties } from "../../../provider/protocol/property-values.ts";
import { UserError } from "../../../src/user-error.ts";
import {
  args,
  ci,
  docker,
  folder,
  repaired,
  runRefresh,
  runUp,
  workflow,
} from "./run-workflows.ts";
import type { Kept } from "../run-resource.ts";
import { startProvider, type Provider } from "../start-provider.ts";

let at: Provider;
beforeEach(async () => void (at = await startProvider()));

const up = (before?: Kept, more?: Properties) => runUp(at, before, more);
const refresh = (kept: Kept) => runRefresh(at, kept);
const edit = (files: Record<string, string>) => at.byHand.editFiles("acme/api", files);
const text = (path: string) =>
  at.world.readFile(at.world.repository("acme/api"), "main", path)?.toString("utf8");

test.each([ci, docker])(
  "default templates are not written if somebody pushes a workflow meanwhile: %s",
  async (path) => {
    const files = at.freshFiles();
    const { inputs } = await files.check({}, args);
    expect(inputs).toMatchObject({ mode: "template" });
    at.simulator.faults.inject(
      { path: "/graphql", body: "createCommitOnBranch", times: 1 },
      { kind: "delay", milliseconds: 300 },
    );
    const creating = files.create(inputs, false).catch((error: unknown) => error);
    await new Promise((resolve) => setTimeout(resolve, 150));
    edit({ [path]: workflow() });
    const commits = at.commits();
    expect(await creating).toEqual(
      new UserError(
        `cannot write the workflow files of acme/api: somebody changed ${path} on main meanwhile; ` +
          "nothing was written; run again to decide by the new files",
      ),
    );
    expect(at.commits()).toEqual(commits);
    expect((await up()).inputs).toMatchObject({ mode: "repair" });
  },
);

test("if repaired workflows stop publishing, nothing is written without a request, and restore works", async () => {
  const silent = "on: push\njobs: { test: { runs-on: x, steps: [{ run: make }] } }\n";
  const other = `${folder}/test.yml`;
  edit({ [docker]: workflow(), [other]: silent });
  const repairedOnce = await up();
  edit({ [docker]: silent });
  let kept = await up(repairedOnce);
  expect(kept.inputs).toMatchObject({ mode: "none", wasRepaired: true });
  for (const mode of ["auto", "none", "auto"]) {
    edit({ [other]: `# ${mode}, ${at.commits().length}\n${silent}` });
    kept = await up(await refresh(kept), { mode });
    expect((await up(kept, { mode })).inputs).toEqual(kept.inputs);
    expect(kept.inputs).toMatchObject({ mode: "none", wasRepaired: true });
  }
  expect(text(ci)).toBeUndefined();
  expect(kept.state["originals"]).toEqual(repairedOnce.state["originals"]);

  // It publishes again, just as the repair left it.
  edit({ [docker]: repaired(workflow()) });
  await at.freshFiles().delete(kept.id, { ...kept.state, onRemove: "restore" }, at.context);
  expect(text(docker)).toBe(workflow());
});
