// pulumi-resource-github bridges integrations/terraform-provider-github into a Pulumi plugin.
//
// It mirrors the few settings with which the published plugin deviates from the bridge's defaults
// (https://github.com/pulumi/pulumi-github/blob/master/provider/resources.go), so that a stack
// behaves the same on either binary.
package main

import (
	"github.com/integrations/terraform-provider-github/v6/github"
	"github.com/pulumi/pulumi-terraform-bridge/v3/pkg/tfbridge"
	"github.com/pulumi/pulumi-terraform-bridge/v3/pkg/tfbridge/tokens"
	shim "github.com/pulumi/pulumi-terraform-bridge/v3/pkg/tfshim/sdk-v2"
)

// version is the release of @pulumi/github whose upstream this binary is built from.
const version = "6.15.0"

func main() {
	tfbridge.Main("github", version, provider(), []byte(`{"name":"github","version":"`+version+`"}`))
}

func provider() tfbridge.ProviderInfo {
	replaceOnRepositoryChange := map[string]*tfbridge.SchemaInfo{
		"selected_repository_ids": {ForceNew: tfbridge.True()},
	}
	info := tfbridge.ProviderInfo{
		P:       shim.NewProvider(github.NewProvider(version, "")()),
		Name:    "github",
		Version: version,
		Config: map[string]*tfbridge.SchemaInfo{
			"base_url": {Default: &tfbridge.DefaultInfo{
				EnvVars: []string{"GITHUB_BASE_URL"},
				Value:   "https://api.github.com/",
			}},
			"token": {
				Default: &tfbridge.DefaultInfo{EnvVars: []string{"GITHUB_TOKEN"}},
				Secret:  tfbridge.True(),
			},
		},
		Resources: map[string]*tfbridge.ResourceInfo{
			"github_actions_environment_secret":     {DeleteBeforeReplace: true},
			"github_actions_organization_secret":    {Fields: replaceOnRepositoryChange},
			"github_codespaces_organization_secret": {Fields: replaceOnRepositoryChange},
			"github_dependabot_organization_secret": {Fields: replaceOnRepositoryChange},
			"github_repository_autolink_reference":  {DeleteBeforeReplace: true},
			"github_repository_collaborator":        {DeleteBeforeReplace: true},
			"github_repository_deploy_key":          {DeleteBeforeReplace: true},
		},
		DataSources: map[string]*tfbridge.DataSourceInfo{
			"github_app": {Tok: "github:index/getGithubApp:getGithubApp"},
		},
		EnableZeroDefaultSchemaVersion: true,
		EnableAccurateBridgePreview:    true,
	}
	info.MustComputeTokens(tokens.SingleModule("github_", "index", tokens.MakeStandard("github")))
	info.SetAutonaming(255, "-")
	return info
}
