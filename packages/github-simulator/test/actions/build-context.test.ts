import { expect, test } from "vitest";
import { createWorld, logOf } from "./world.ts";

test("a build takes the commit itself where no context is given", async () => {
  const world = createWorld();
  const files = { Dockerfile: "FROM scratch\nCOPY app /\n", app: "hi" };
  const build = (more: string, before = "") =>
    world.runWorkflow(
      `on: push\njobs: { a: { runs-on: ubuntu-24.04, steps: [${before}{ uses: docker/build-push-action@v7, with: { ${more} tags: a } }] } }`,
      { ...files, "img/Dockerfile": "FROM scratch\nCOPY . /\n" },
    );
  for (const inputs of ["", "context: '{{defaultContext}}:img',", "file: img/Dockerfile,"]) {
    const run = await build(inputs);
    expect(run.conclusion, logOf(run)).toBe("success");
  }
  const made = await build("file: made,", '{ run: "echo FROM scratch > made" }, ');
  expect(logOf(made)).toContain("failed to read dockerfile: open made: no such file");
  world.settings.visibility = "private";
  const unread = await world.runWorkflow(
    "on: push\npermissions: {}\njobs: { a: { runs-on: ubuntu-24.04, steps: [{ uses: docker/build-push-action@v7 }] } }",
  );
  expect(logOf(unread)).toContain("repository 'https://github.com/acme/api.git/' not found");
});
