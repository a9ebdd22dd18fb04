import { expect, test } from "vitest";
import { runBin } from "../../cli/run-bin.ts";

test.each([
  // Without a token the engine asks no server.
  ["https://pulumi.invalid", "run pulumi login, or set PULUMI_BACKEND_URL"],
  ["file:///does/not/exist", "unable to open state directory"],
])("a back end that cannot be reached is named in one line: %s", async (backend, said) => {
  const environment = { PULUMI_BACKEND_URL: backend, PULUMI_ACCESS_TOKEN: "" };
  for (const stacks of [[], ["acme"]]) {
    const { code, stderr } = await runBin(["status", ...stacks], {
      env: { ...process.env, ...environment },
    });
    expect(stderr).toContain(said);
    expect(stderr.trimEnd().split("\n")).toHaveLength(1);
    expect(code).toBe(1);
  }
});
