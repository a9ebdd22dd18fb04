import {
  auditMonitored,
  auditMonitoredAdvice,
  exceptionExpiry,
  workflowsComplete,
} from "./rules/fleet.ts";
import {
  packageLinked,
  packagePushable,
  packageVerified,
  packageVisibility,
} from "./rules/package.ts";
import { requiredChecksInQueue, requiredChecksKept } from "./rules/checks.ts";
import { dockerfilePresent, onePublisher } from "./rules/publisher.ts";
import { workflowLocked } from "./rules/workflow-locked.ts";
import type { Rule } from "./model/rule.ts";
import { orgSecretSelected, secretDrift, secretName, secretShadowed } from "./rules/secret.ts";
import { actionsPinningRequired, actionsTokenRead } from "./rules/settings.ts";
import { patClassic, patSource, patNoEcho, patNotAdminToken } from "./rules/token-source.ts";
import {
  patExpiryLeft,
  patExpiryMax,
  patExpirySoon,
  patOwner,
  patRotationAge,
  patScopesExact,
} from "./rules/token.ts";
import { workflowBounded } from "./rules/workflow-bounded.ts";
import {
  workflowNoAllSecrets,
  workflowNoDangerousTrigger,
  workflowNoInjection,
  workflowNoInjectionByWriters,
  workflowNoPersistedCredentials,
} from "./rules/workflow-danger.ts";
import {
  workflowProvenance,
  workflowReleaseNoCache,
  workflowSourceLabel,
} from "./rules/workflow-image.ts";
import { workflowLoginFallback } from "./rules/workflow-login.ts";
import { workflowPinned } from "./rules/workflow-pinned.ts";
import {
  workflowNoLiteralToken,
  workflowNoPastedToken,
  workflowTokenNotRemote,
  workflowTokenScope,
} from "./rules/workflow-token.ts";
import { workflowParses, workflowPermissions, workflowTriggers } from "./rules/workflow-shape.ts";

/** Every rule, by subject. */
export const ruleGroups = {
  "The token": [
    patClassic,
    patScopesExact,
    patExpiryMax,
    patExpiryLeft,
    patExpirySoon,
    patRotationAge,
    patSource,
    patNoEcho,
    patNotAdminToken,
    patOwner,
  ],
  "The secret": [secretName, secretDrift, secretShadowed, orgSecretSelected],
  "The workflows": [
    workflowsComplete,
    requiredChecksKept,
    requiredChecksInQueue,
    dockerfilePresent,
    onePublisher,
    workflowParses,
    workflowTriggers,
    workflowLoginFallback,
    workflowPermissions,
    workflowPinned,
    workflowLocked,
    workflowNoDangerousTrigger,
    workflowNoInjection,
    workflowNoInjectionByWriters,
    workflowNoAllSecrets,
    workflowNoPersistedCredentials,
    workflowNoLiteralToken,
    workflowNoPastedToken,
    workflowTokenScope,
    workflowTokenNotRemote,
    workflowReleaseNoCache,
    workflowSourceLabel,
    workflowBounded,
    workflowProvenance,
  ],
  "Settings of GitHub Actions": [actionsTokenRead, actionsPinningRequired],
  "The package": [packageLinked, packageVisibility, packageVerified, packagePushable],
  // exception-expiry is last: by then every other rule has reported its exceptions.
  "The fleet": [auditMonitored, auditMonitoredAdvice, exceptionExpiry],
} satisfies Readonly<Record<string, readonly Rule[]>>;

export const rules: readonly Rule[] = Object.values(ruleGroups).flat();
