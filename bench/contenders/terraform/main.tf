# What ghcr-fleet sets, with the official provider only.

terraform {
  required_providers {
    github = { source = "integrations/github" }
  }
}

variable "owner" { type = string }
variable "base_url" { type = string }
variable "write_delay_ms" {
  type    = number
  default = null
}
variable "read_delay_ms" {
  type    = number
  default = null
}
variable "legacy_client" {
  type    = bool
  default = null
}
variable "username" { type = string }
variable "secret_name" { type = string }
variable "pat" {
  type      = string
  sensitive = true
}
variable "repositories" { type = set(string) }
variable "permissions" { type = bool }
# Text by repository, by path.
variable "ci" { type = map(string) }
variable "release" { type = map(string) }

provider "github" {
  owner          = var.owner
  base_url       = var.base_url
  write_delay_ms = var.write_delay_ms
  read_delay_ms  = var.read_delay_ms
  legacy_client  = var.legacy_client
}

data "github_repositories" "all" {
  query           = "org:${var.owner}"
  include_repo_id = true
}

resource "github_actions_organization_secret" "pat" {
  secret_name             = var.secret_name
  value                   = var.pat
  visibility              = "selected"
  selected_repository_ids = data.github_repositories.all.repo_ids
}

resource "github_actions_organization_variable" "username" {
  variable_name           = "GHCR_USERNAME"
  value                   = var.username
  visibility              = "selected"
  selected_repository_ids = data.github_repositories.all.repo_ids
}

resource "github_workflow_repository_permissions" "of" {
  for_each                         = var.permissions ? var.repositories : toset([])
  repository                       = each.key
  default_workflow_permissions     = "read"
  can_approve_pull_request_reviews = false
}

resource "github_repository_file" "ci" {
  for_each            = var.ci
  repository          = each.key
  file                = ".github/workflows/ci.yml"
  content             = each.value
  overwrite_on_create = true
}

resource "github_repository_file" "release" {
  for_each            = var.release
  repository          = each.key
  file                = ".github/workflows/release.yml"
  content             = each.value
  overwrite_on_create = true
  # Two commits to one branch at the same time conflict.
  depends_on = [github_repository_file.ci]
}
