import type { Organisation } from "./state/accounts.ts";
import type { Repository } from "./state/repository.ts";

/** An owner of webhooks. */
export type WebhookHolder = Organisation | Repository;

/** The hooks for an event, the repository's before the organisation's. */
export function listeners(event: string, holders: readonly (WebhookHolder | undefined)[]) {
  return holders.flatMap((holder) =>
    (holder?.webhooks ?? [])
      .filter(({ active, events }) => active && (events.includes("*") || events.includes(event)))
      .map((hook) => ({ holder: holder as WebhookHolder, hook })),
  );
}

/** https://docs.github.com/en/webhooks/using-webhooks/creating-webhooks: hooks for one event */
export const mostHooks = 20;

const everywhere = [
  ..."branch_protection_configuration branch_protection_rule check_run check_suite".split(" "),
  ..."code_scanning_alert commit_comment create delete dependabot_alert deploy_key".split(" "),
  ..."deployment deployment_review deployment_status discussion discussion_comment fork".split(" "),
  ..."gollum issue_comment issue_dependencies issues label member merge_group meta".split(" "),
  ..."milestone package page_build project project_card project_column public".split(" "),
  ..."pull_request pull_request_review pull_request_review_comment".split(" "),
  ..."pull_request_review_thread push registry_package release repository".split(" "),
  ..."repository_advisory repository_import repository_ruleset".split(" "),
  ..."repository_vulnerability_alert secret_scanning_alert".split(" "),
  ..."secret_scanning_alert_location secret_scanning_scan security_and_analysis star".split(" "),
  ..."status sub_issues team_add watch workflow_job workflow_run".split(" "),
];
const inOrganisations = [
  ..."custom_property custom_property_values membership org_block organization".split(" "),
  ..."personal_access_token_request projects_v2 projects_v2_item".split(" "),
  ..."projects_v2_status_update team".split(" "),
];

/** Events that happen in the simulator and are not delivered; others that it lacks never happen. */
const undelivered = [
  ..."branch_protection_rule check_run check_suite custom_property custom_property_values".split(
    " ",
  ),
  ..."deployment deployment_review deployment_status member membership meta organization".split(
    " ",
  ),
  ..."repository repository_ruleset security_and_analysis team team_add".split(" "),
];

export function isDelivered(event: string): boolean {
  return !undelivered.includes(event);
}

/**
 * Whether a hook may subscribe to an event. Some are only for GitHub Apps, such as `repository_dispatch`.
 * https://docs.github.com/en/webhooks/webhook-events-and-payloads
 */
export function isOffered(holder: WebhookHolder, event: string): boolean {
  return (
    event === "*" ||
    everywhere.includes(event) ||
    (!("objects" in holder) && inOrganisations.includes(event))
  );
}
