import { expect, it } from "vitest";
import { createWorld, logOf } from "./world.ts";

const build = (inputs: string, more = ""): string => `
on: push
jobs:
  image:
    runs-on: ubuntu-24.04
    steps:
      - uses: actions/checkout@v7
      - run: printf 0123456789 > token.txt
      - uses: docker/build-push-action@v7
        env: { NPM: "\${{ secrets.NPM_TOKEN }}" }
        with:
          ${more}
          ${inputs}
`;

const dockerfile = `FROM node AS unused
RUN --mount=type=secret,id=never,required=true true
FROM node AS base
RUN --mount=type=secret,id=npm,required=true,env=NODE_AUTH_TOKEN npm ci
FROM base AS image
RUN --mount=type=cache,target=/cache --mount=type=secret,target=/run/secrets/optional true
`;

async function run(workflow: string, files: Record<string, string> = {}) {
  const world = createWorld();
  world.secrets.push({ name: "NPM_TOKEN", value: "of-the-registry", scope: "repository" });
  const { conclusion, ...rest } = await world.runWorkflow(workflow, {
    Dockerfile: dockerfile,
    ...files,
  });
  return { conclusion, log: logOf({ conclusion, ...rest }) };
}

it.each([
  ["a variable", "secret-envs: npm=NPM", 15],
  ["a value", "secrets: npm=${{ secrets.NPM_TOKEN }}", 15],
  ["a file", "secret-files: npm=token.txt", 10],
  ["a variable that is not there, which is empty", "secret-envs: npm=OTHER", 0],
])("a build gets its secret from %s", async (_, inputs, bytes) => {
  const { conclusion, log } = await run(build(inputs));
  expect(log).toContain(`RUN --mount=type=secret,id=npm: ${bytes} bytes\n`);
  expect(log).toContain("RUN --mount=type=secret,id=optional: not there\n");
  expect(log).not.toContain("of-the-registry");
  expect(conclusion).toBe("success");
});

it.each([
  ["a required secret is missing", "secrets: other=1", "failed to solve: secret npm: not found"],
  ["a line has no value", "secrets: npm", "npm is not a valid secret"],
  ["a file is missing", "secret-files: npm=gone.txt", "secret file gone.txt not found"],
])("a build fails where %s", async (_, inputs, message) => {
  const { conclusion, log } = await run(build(inputs));
  expect(log).toContain(message);
  expect(conclusion).toBe("failure");
});

it("asks for the secrets of the stages that it is made of", async () => {
  const unused = await run(build("secrets: npm=1", "target: unused"));
  expect(unused.log).toContain("secret never: not found");
  const copied = await run(build("secrets: other=1"), {
    Dockerfile: `${dockerfile}FROM scratch\nCOPY --from=base /app /app\n`,
  });
  expect(copied.log).toContain("secret npm: not found");
});
