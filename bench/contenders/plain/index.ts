import * as github from "@pulumi/github";
import * as pulumi from "@pulumi/pulumi";
import { workflowFiles } from "../../fleet-work.ts";

// What ghcr-fleet sets, with the official provider only.
const config = new pulumi.Config();
const owner = new pulumi.Config("github").require("owner");
const timeoutMinutes = config.requireNumber("timeoutMinutes");
const permissions = config.requireBoolean("permissions");

const { repoIds } = await github.getRepositories({ query: `org:${owner}`, includeRepoId: true });
const selected = { visibility: "selected", selectedRepositoryIds: repoIds };
const secretName = config.require("secretName");
const value = config.requireSecret("pat");
new github.ActionsOrganizationSecret(secretName, { secretName, value, ...selected });
const variableName = "GHCR_USERNAME";
const login = config.require("username");
new github.ActionsOrganizationVariable(variableName, { variableName, value: login, ...selected });

for (const repository of config.requireObject<string[]>("repositories")) {
  if (permissions) {
    new github.WorkflowRepositoryPermissions(repository, {
      repository,
      defaultWorkflowPermissions: "read",
      canApprovePullRequestReviews: false,
    });
  }
  // One after the other: two commits to one branch at the same time conflict.
  let before: pulumi.Resource[] = [];
  for (const [file, content] of Object.entries(workflowFiles(repository, timeoutMinutes))) {
    const place = { repository, file, content };
    const name = `${repository}/${file}`;
    const args = { ...place, overwriteOnCreate: true };
    before = [new github.RepositoryFile(name, args, { dependsOn: before })];
  }
}
