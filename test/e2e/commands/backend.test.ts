import { expect, test } from "vitest";
import { runBin } from "../../cli/run-bin.ts";

/** No credentials of this machine's user, and of no virtual machine in a cloud. */
const withoutAws = {
  AWS_ACCESS_KEY_ID: "",
  AWS_SHARED_CREDENTIALS_FILE: "/dev/null",
  AWS_CONFIG_FILE: "/dev/null",
  AWS_EC2_METADATA_DISABLED: "true",
};

test.each([
  // Without a token the engine asks no server.
  ["https://pulumi.invalid", "run pulumi login, or set PULUMI_BACKEND_URL"],
  ["file:///does/not/exist", "unable to open state directory"],
  ["postgres://state:canary@127.0.0.1:1/state", "connection refused"],
  ["s3://state?region=us-east-1", "no credentials for the back end: set AWS_ACCESS_KEY_ID and"],
])("a back end that cannot be reached is named in one line: %s", async (backend, said) => {
  const environment = { PULUMI_BACKEND_URL: backend, PULUMI_ACCESS_TOKEN: "", ...withoutAws };
  for (const stacks of [[], ["acme"]]) {
    const { code, stderr } = await runBin(["status", ...stacks], {
      env: { ...process.env, ...environment },
    });
    expect(stderr).toContain(said);
    expect(stderr).not.toContain("canary");
    expect(stderr.trimEnd().split("\n")).toHaveLength(1);
    expect(code).toBe(1);
  }
});
