import { judgeCredential, wantedCredential, type SecretNames } from "../read/credential.ts";
import type { CredentialText, Login, Target } from "../read/logins.ts";
import { variableOf, type Job } from "../read/repository.ts";
import { sourceRange } from "../read/source-file.ts";
import { stringScalar } from "../read/yaml-reader.ts";
import type { Change } from "./edit.ts";

export interface Repairing {
  readonly target: Target;
  readonly names: SecretNames;
}

/** What makes the password of a login the wanted one. */
export function repairCredential(repairing: Repairing, login: Login): Change[] {
  const { step, credential } = login;
  const wanted = wantedCredential(repairing.names);
  const report = (reason: string, line = login.line): Change[] => [
    {
      unresolved: { file: step.file, line, reason, fix: `password: ${wanted}` },
    },
  ];
  if (!credential) return report("the password of this login does not stand in the file");
  const { from, to, node } = credential;
  const written = judgeCredential(node.value.slice(from, to), {
    names: repairing.names,
    declared: declaredSecrets(step.job),
  });
  switch (written.kind) {
    case "right":
      return [];
    case "replaceable":
      return (
        replace(credential, written.embedded, wanted, step) ??
        report("the password is written over several lines")
      );
    case "carried": {
      const found = written.by === "env" ? variableOf(step, written.name) : undefined;
      const value = stringScalar(found?.node);
      const kind =
        value &&
        judgeCredential(value.value, {
          names: repairing.names,
          declared: declaredSecrets(step.job),
        }).kind;
      if (kind === "right") return [];
      if (kind === "replaceable")
        return (
          replace(credential, written.embedded, wanted, step) ??
          report("the password is written over several lines")
        );
      return report("the password comes from elsewhere");
    }
    case "other-secret":
      return report(`the password is another secret (${written.names.join(", ")})`);
    case "chosen":
      return report("the password depends on a condition");
    case "made":
      return report("the password is only known in the run");
    case "pasted":
      return report("the password itself stands in the file");
    case "absent":
      return report("the login has no password");
  }
}

function replace(
  { file, node, from }: CredentialText,
  embedded: { start: number; end: number },
  text: string,
  claimant: object,
): Change[] | undefined {
  const range = sourceRange(file, node, from + embedded.start, from + embedded.end);
  return range && [{ edit: { file, kind: "credential", ...range, text, node, claimant } }];
}

function declaredSecrets({ file: { yaml, root } }: Job): ReadonlySet<string> {
  const secrets = yaml.entries(yaml.at(root, "on", "workflow_call", "secrets"));
  return new Set(secrets.map(({ key }) => key.toLowerCase()));
}
