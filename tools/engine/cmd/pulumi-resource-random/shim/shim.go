// Package shim re-exports the random provider, which its own module keeps internal.
//
// Go lets a package below a path import that path's internal packages, so this module is named
// below terraform-provider-random and lives in this folder through a replace directive.
package shim

import (
	framework "github.com/hashicorp/terraform-plugin-framework/provider"
	"github.com/terraform-providers/terraform-provider-random/internal/provider"
)

// NewProvider returns the Terraform provider `random`.
func NewProvider() framework.Provider { return provider.New() }
