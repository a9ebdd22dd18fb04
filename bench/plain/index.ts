import * as github from "@pulumi/github";
import * as pulumi from "@pulumi/pulumi";
import { renderWorkflows } from "../../src/publishing/templates/render.ts";
import { workflowOf } from "../workflow-of.ts";

// One secret and two files for each repository, with the official provider only.
const config = new pulumi.Config();
const owner = new pulumi.Config("github").require("owner");
const value = config.requireSecret("pat");

for (const repository of config.requireObject<string[]>("repositories")) {
  new github.ActionsSecret(repository, { repository, secretName: "GHCR_PAT", value });
  const files = renderWorkflows(workflowOf(owner, repository));
  for (const [file, content] of Object.entries(files)) {
    const place = { repository, file, content };
    new github.RepositoryFile(`${repository}/${file}`, { ...place, overwriteOnCreate: true });
  }
}
