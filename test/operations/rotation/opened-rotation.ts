import { githubCom } from "../../../src/github-host.ts";
import type { PatKey } from "../../../src/pat/pat-source.ts";
import type { Rotation } from "../../../src/operations/rotation/credential-step.ts";

/** What a command finds, as `withRotationPats` reads it. */
export function openedRotation(
  waves: readonly (readonly string[])[],
  credentialOf: (name: string) => "organization" | "repository",
  { pat, nextPat, previousPat }: Partial<Record<PatKey, string>>,
): Rotation {
  const repositoryOf = (name: string) => ({ name, credential: credentialOf(name) });
  const healthy = new Set<string>();
  return {
    context: {
      stack: {
        name: "acme",
        patSources: {},
        settings: { failureBudget: 0, healthGate: { dispatch: undefined } },
      },
      gate: true,
      report: () => {},
    },
    fleet: {
      host: githubCom,
      secret: { name: "GHCR_PAT" },
      repositories: waves.flat().map(repositoryOf),
    },
    waves: waves.map((repositories, index) => ({ name: `wave ${index}`, repositories })),
    canary: waves[0]!.map(repositoryOf),
    pats: { pat, nextPat, previousPat: previousPat === pat ? undefined : previousPat },
    progress: {
      isHealthy: (name: string) => healthy.has(name),
      record: (_: unknown, { repository }: { repository: string }) => healthy.add(repository),
      isUnproved: () => false,
      removeJournal: async () => {},
      end: (outcome: string, wave?: string, reasons = []) => ({ outcome, wave, reasons }),
    },
  } as unknown as Rotation;
}
