import { createGitHubClient } from "../../github/client/github-client.ts";
import type { ReadPace } from "../../github/client/pace/read-pace.ts";
import { exportState } from "../../stack/export-state.ts";
import { findFleet } from "../../stack/find-fleet.ts";
import type { OpenStack } from "../../stack/open-stack.ts";
import { stackRecord } from "../../stack/stack-record.ts";
import { withPats } from "../../stack/with-pats.ts";
import { stackMemory, type StackMemory } from "../../operations/status/stack-memory.ts";
import type { FleetStatus } from "../../operations/status/fleet-status.ts";
import { readFleetStatus } from "../../operations/status/read-fleet-status.ts";
import type { Fleet } from "../../fleet/fleet.ts";
import { UserError } from "../../user-error.ts";

export interface ReadStatusOptions {
  /** Shared by the stacks of a command. */
  readonly pace: ReadPace;
  /** Ask the registry whether the PAT may push each image. */
  readonly probe?: boolean;
}

/** Reads an open stack's status and its fleet; shows progress where stderr is a terminal. */
export async function readStackStatus(
  stack: OpenStack,
  { pace, probe = false }: ReadStatusOptions,
): Promise<{ fleet: Fleet; status: FleetStatus; memory: StackMemory }> {
  const { name, automation, settings, connection, registryUrl } = stack;
  const live = process.stderr.isTTY;
  const showProgress = (text: string) => live && void process.stderr.write(`\r\u001b[2K${text}`);
  const onWait = (message: string) =>
    void process.stderr.write(`${live ? "\r\u001b[2K" : ""}${message}\n`);
  const github = createGitHubClient({ ...connection, onWait });
  try {
    showProgress(`${name}: finding the repositories`);
    const fleet = await findFleet(github, connection.owner, settings);
    const exported = await exportState(automation);
    const memory = stackMemory(stackRecord(exported.deployment));
    const status = await readFleetStatus({
      stack: name,
      fleet,
      memory,
      baseUrl: connection.baseUrl,
      github,
      pace,
      pat: await readPatOf(stack),
      tokenRules: { owner: settings.username, maxDays: settings.maxTokenDays },
      probeAt: probe ? registryUrl : undefined,
      onWait,
      onProgress: (done, all) => showProgress(`${name}: ${done} of ${all} repositories read`),
    });
    return { fleet, status, memory };
  } finally {
    showProgress("");
  }
}

/** A PAT that cannot be read is a finding, and the rest is still read. */
export async function readPatOf(stack: OpenStack): Promise<string | UserError | undefined> {
  try {
    return (await withPats(stack, { environment: process.env }, ["pat"])).pat;
  } catch (error) {
    if (error instanceof UserError) return error;
    throw error;
  }
}
