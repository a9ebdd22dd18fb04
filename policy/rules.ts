import {
  auditMonitored,
  auditMonitoredAdvice,
  exceptionExpiry,
  workflowsComplete,
} from "./fleet.ts";
import { packageLinked, packagePushable, packageVerified, packageVisibility } from "./package.ts";
import type { Rule } from "./rule.ts";
import { orgSecretSelected, secretDrift, secretName, secretShadowed } from "./secret.ts";
import { actionsPinningRequired, actionsTokenRead } from "./settings.ts";
import { patClassic, patFromSecretConfig, patNoEcho, patNotAdminToken } from "./token-source.ts";
import {
  patExpiryLeft,
  patExpiryMax,
  patExpirySoon,
  patOwner,
  patRotationAge,
  patScopesExact,
} from "./token.ts";
import { workflowBounded } from "./workflow/workflow-bounded.ts";
import {
  workflowNoAllSecrets,
  workflowNoDangerousTrigger,
  workflowNoInjection,
  workflowNoPersistedCredentials,
} from "./workflow/workflow-danger.ts";
import {
  workflowProvenance,
  workflowReleaseNoCache,
  workflowSourceLabel,
} from "./workflow/workflow-image.ts";
import { workflowLoginFallback } from "./workflow/workflow-login.ts";
import { workflowPinned } from "./workflow/workflow-pinned.ts";
import {
  workflowParses,
  workflowPermissions,
  workflowTriggers,
} from "./workflow/workflow-shape.ts";

/** Every rule, by subject. */
export const ruleGroups = {
  "The token": [
    patClassic,
    patScopesExact,
    patExpiryMax,
    patExpiryLeft,
    patExpirySoon,
    patRotationAge,
    patFromSecretConfig,
    patNoEcho,
    patNotAdminToken,
    patOwner,
  ],
  "The secret": [secretName, secretDrift, secretShadowed, orgSecretSelected],
  "The workflows": [
    workflowsComplete,
    workflowParses,
    workflowTriggers,
    workflowLoginFallback,
    workflowPermissions,
    workflowPinned,
    workflowNoDangerousTrigger,
    workflowNoInjection,
    workflowNoAllSecrets,
    workflowNoPersistedCredentials,
    workflowReleaseNoCache,
    workflowSourceLabel,
    workflowBounded,
    workflowProvenance,
  ],
  "Settings of GitHub Actions": [actionsTokenRead, actionsPinningRequired],
  "The package": [packageLinked, packageVisibility, packageVerified, packagePushable],
  // exception-expiry is last: by then every other rule has said which exceptions it makes.
  "The fleet": [auditMonitored, auditMonitoredAdvice, exceptionExpiry],
} satisfies Readonly<Record<string, readonly Rule[]>>;

export const rules: readonly Rule[] = Object.values(ruleGroups).flat();
