import { afterEach, expect, test, vi } from "vitest";
import { createGitHubClient } from "../../src/github/client/github-client.ts";

// In this folder, because each of its files has a process of its own: all clients of a process share the pace of
// writes, and after this test the next one would wait for hours.
afterEach(() => void vi.useRealTimers());

test.each(["steady", "burst"] as const)(
  "the 501st commit of an hour waits for the next one: %s",
  async (pace) => {
    vi.useFakeTimers();
    const start = Date.now();
    const times: number[] = [];
    const waits: string[] = [];
    const github = createGitHubClient({
      baseUrl: "https://github.test",
      pace,
      onWait: (message) => waits.push(message),
      fetch: async () => {
        times.push(Date.now() - start);
        return Response.json({ data: {} });
      },
    });
    const commits = Array.from({ length: 501 }, () => github.graphql("mutation { commit }"));
    await vi.advanceTimersByTimeAsync(2 * 3_600_000);
    await Promise.all(commits);
    expect(times).toHaveLength(501);
    expect(times[499]).toBeLessThan(1_000_000);
    expect(times[500]).toBeGreaterThanOrEqual(3_600_000);
    expect(times[500]).toBeLessThan(3_601_000);
    expect(waits.at(-1)).toMatch(/^GitHub's limit for writes is reached: waiting \d+ s$/);
  },
);
