// pulumi-resource-random bridges terraform-provider-random into a Pulumi plugin.
package main

import (
	"context"

	pf "github.com/pulumi/pulumi-terraform-bridge/v3/pkg/pf/tfbridge"
	"github.com/pulumi/pulumi-terraform-bridge/v3/pkg/tfbridge"
	"github.com/pulumi/pulumi-terraform-bridge/v3/pkg/tfbridge/tokens"
	"github.com/terraform-providers/terraform-provider-random/shim"
)

// version is the release of @pulumi/random whose upstream this binary is built from.
const version = "4.21.2"

func main() {
	info := tfbridge.ProviderInfo{
		P:            pf.ShimProvider(shim.NewProvider()),
		Name:         "random",
		Version:      version,
		MetadataInfo: tfbridge.NewProviderMetadata([]byte("{}")),
	}
	standard := tokens.MakeStandard("random")
	info.MustComputeTokens(tokens.SingleModule("random_", "index", func(module, name string) (string, error) {
		return standard(module, "Random"+name) // random_id is random:index/randomId:RandomId
	}))
	pf.Main(context.Background(), "random", info, pf.ProviderMetadata{
		PackageSchema: []byte(`{"name":"random","version":"` + version + `"}`),
	})
}
