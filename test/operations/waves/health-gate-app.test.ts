import { virtualClock } from "github-simulator";
import { expect, onTestFinished, test } from "vitest";
import { createGitHubClient } from "../../../src/github/client/github-client.ts";
import { GitHubApp } from "../../../src/github/client/github-app.ts";
import { githubCom } from "../../../src/github-host.ts";
import { startHealthGate, workflow } from "./start-health-gate.ts";

/** The gate's pauses are this many times as long, so that hours need few requests. */
const stretch = 20;

test("gates of waves that wait for hours have a token of the App at every moment", async () => {
  const time = virtualClock();
  const { platform, developer, publish, wait } = await startHealthGate([], time);
  onTestFinished(() => platform.close());
  const { id, installationId, privateKey } = platform.world.app("fleet");
  const place = { host: githubCom, owner: "acme" };
  const app = new GitHubApp(String(id), String(installationId), privateKey, place, time.now);
  // One client for all waves, as a rollout has it.
  const github = createGitHubClient({ baseUrl: platform.url, token: app, pace: "burst" });
  const start = time.now();

  for (const wave of ["canary", "rest"]) {
    platform.actions.holdQueue();
    const files = { ".github/workflows/ci.yml": `${workflow("true")}# ${wave}\n` };
    const sha = developer.editFiles("acme/api", files, { message: wave });
    const begin = time.now();
    const clock = {
      now: time.now,
      async sleep(pause: number) {
        time.advance({ seconds: (pause * stretch) / 1000 });
        if (time.now() - begin < 90 * 60_000) return;
        platform.actions.releaseQueue();
        await platform.actions.idle();
        await publish(sha);
      },
    };
    const options = { github, clock, timeoutMinutes: 150 };
    expect(await wait({ commit: sha, credential: false }, options)).toMatchObject({
      state: "healthy",
    });
  }

  expect(time.now() - start).toBeGreaterThan(3 * 3_600_000);
  const isSignIn = ({ path }: { path: string }) => path.endsWith("/access_tokens");
  const signIns = platform.requests.filter((each) => isSignIn(each) && each.status === 201);
  expect(signIns).toHaveLength(4);
  // Each token was replaced before it ended: GitHub refused no request that had one.
  const refused = platform.requests.filter(({ status }) => status === 401);
  expect(refused.filter((each) => !isSignIn(each))).toEqual([]);
}, 20_000);
