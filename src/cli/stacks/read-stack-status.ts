import { createGitHubClient } from "../../github/client/github-client.ts";
import type { ReadPace } from "../../github/client/pace/read-pace.ts";
import { hashToken } from "../../github/tokens/inspect-token.ts";
import { patPlaceOf } from "../../pat/rotate-command.ts";
import { findStackFleet } from "../../stack/find-fleet.ts";
import type { OpenStack } from "../../stack/open-stack.ts";
import { readStackRecord } from "../../stack/export-state.ts";
import { withPats } from "../../stack/with-pats.ts";
import { stackMemory, type StackMemory } from "../../operations/status/stack-memory.ts";
import type { FleetStatus } from "../../operations/status/fleet-status.ts";
import { readFleetStatus } from "../../operations/status/read-fleet-status.ts";
import type { Fleet } from "../../fleet/fleet.ts";
import { UserError } from "../../user-error.ts";
import { printNote } from "../terminal/print-note.ts";
import { withProgress } from "../terminal/with-progress.ts";

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
  const { name, engine, settings, connection, registryUrl } = stack;
  const github = createGitHubClient({ ...connection, onWait: printNote });
  return withProgress(`${name}: finding the repositories`, async (show) => {
    const fleet = await findStackFleet(github, stack);
    const record = await readStackRecord(engine);
    const { token } = connection;
    const read = await readFleetStatus({
      stack: name,
      fleet,
      record,
      baseUrl: connection.baseUrl,
      github,
      ownToken: typeof token === "string" ? hashToken(token) : undefined,
      pace,
      pat: await readPatOf(stack),
      tokenRules: { owner: settings.username, maxDays: settings.maxTokenDays },
      probeAt: probe ? registryUrl : undefined,
      onWait: printNote,
      onProgress: (done, all) => show(`${name}: ${done} of ${all} repositories read`),
    });
    const status = { ...read, patPlace: patPlaceOf(stack.patSources.pat) };
    return { fleet, status, memory: stackMemory(record) };
  });
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
