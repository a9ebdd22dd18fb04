import type { ActionsHost } from "../host/actions-host.ts";
import type { ActionsEvent } from "../host/actions-event.ts";

/** GitHub's title for a run without `run-name`. */
export function eventTitle(host: ActionsHost, event: ActionsEvent, workflow: string): string {
  const { payload } = event;
  switch (event.name) {
    case "pull_request":
    case "pull_request_target":
    case "pull_request_review":
      return (payload.pull_request as { title?: string } | undefined)?.title ?? workflow;
    case "release": {
      const release = payload.release as { name?: string; tag_name?: string } | undefined;
      return release?.name || (release?.tag_name ?? workflow);
    }
    case "issues":
    case "issue_comment":
      return (payload.issue as { title?: string } | undefined)?.title ?? workflow;
    case "repository_dispatch":
      return typeof payload.action === "string" ? payload.action : workflow;
    case "workflow_dispatch":
    case "schedule":
    case "workflow_run":
    case "label":
    case "milestone":
    case "public":
      return workflow;
    default: {
      const message = host.commit(event.owner, event.repo, event.sha).message;
      return message.split("\n")[0] || workflow;
    }
  }
}
