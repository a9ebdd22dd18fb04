package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sort"

	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
)

// manifest is the part of package.json that a language host needs.
type manifest struct {
	Name            string            `json:"name"`
	Version         string            `json:"version"`
	Dependencies    map[string]string `json:"dependencies"`
	DevDependencies map[string]string `json:"devDependencies"`
	// Pulumi marks a package whose resources come from a plugin.
	Pulumi struct {
		Resource bool   `json:"resource"`
		Name     string `json:"name"`
		Version  string `json:"version"`
		Server   string `json:"server"`
	} `json:"pulumi"`
}

// GetRequiredPackages lists the plugins that the program's npm packages need.
func (h *host) GetRequiredPackages(
	_ context.Context, req *pulumirpc.GetRequiredPackagesRequest,
) (*pulumirpc.GetRequiredPackagesResponse, error) {
	installed, err := installedPackages(req.Info.ProgramDirectory)
	if err != nil {
		return nil, err
	}
	response := &pulumirpc.GetRequiredPackagesResponse{}
	for _, found := range installed {
		if !found.Pulumi.Resource {
			continue
		}
		version := found.Pulumi.Version
		if version == "" {
			version = found.Version
		}
		response.Packages = append(response.Packages, &pulumirpc.PackageDependency{
			Name: found.Pulumi.Name, Kind: "resource", Version: "v" + version, Server: found.Pulumi.Server,
		})
	}
	return response, nil
}

// GetProgramDependencies lists the program's direct npm packages, or all that they bring along.
func (h *host) GetProgramDependencies(
	_ context.Context, req *pulumirpc.GetProgramDependenciesRequest,
) (*pulumirpc.GetProgramDependenciesResponse, error) {
	root, err := readManifest(req.Info.ProgramDirectory)
	if err != nil {
		return nil, err
	}
	installed, err := installedPackages(req.Info.ProgramDirectory)
	if err != nil {
		return nil, err
	}
	response := &pulumirpc.GetProgramDependenciesResponse{}
	for _, found := range installed {
		_, direct := root.Dependencies[found.Name]
		_, directDev := root.DevDependencies[found.Name]
		if direct || directDev || req.TransitiveDependencies {
			response.Dependencies = append(response.Dependencies,
				&pulumirpc.DependencyInfo{Name: found.Name, Version: found.Version})
		}
	}
	return response, nil
}

// installedPackages walks package.json from folder down its dependencies, each package once, and
// returns those that are installed, by name.
func installedPackages(folder string) ([]manifest, error) {
	root, err := readManifest(folder)
	if err != nil {
		return nil, err
	}
	seen := map[string]manifest{}
	var visit func(from string, names map[string]string) error
	visit = func(from string, names map[string]string) error {
		for name := range names {
			at, err := findPackage(from, name)
			if err != nil {
				continue // optional, or for another platform: npm itself is the judge of that
			}
			if _, done := seen[at]; done {
				continue
			}
			found, err := readManifest(at)
			if err != nil {
				return err
			}
			seen[at] = found
			if err := visit(at, found.Dependencies); err != nil {
				return err
			}
		}
		return nil
	}
	if err := visit(folder, root.Dependencies); err != nil {
		return nil, err
	}
	if err := visit(folder, root.DevDependencies); err != nil {
		return nil, err
	}
	all := make([]manifest, 0, len(seen))
	for _, found := range seen {
		all = append(all, found)
	}
	sort.Slice(all, func(i, j int) bool { return all[i].Name < all[j].Name })
	return all, nil
}

func readManifest(folder string) (manifest, error) {
	var read manifest
	file := filepath.Join(folder, "package.json")
	text, err := os.ReadFile(file)
	if err != nil {
		return read, err
	}
	if err := json.Unmarshal(text, &read); err != nil {
		return read, fmt.Errorf("%s: %w", file, err)
	}
	return read, nil
}

// findPackage resolves an npm package as Node does: node_modules of folder, then of each parent.
func findPackage(folder, name string) (string, error) {
	for at := folder; ; at = filepath.Dir(at) {
		candidate := filepath.Join(at, "node_modules", filepath.FromSlash(name))
		if _, err := os.Stat(filepath.Join(candidate, "package.json")); err == nil {
			return candidate, nil
		} else if !errors.Is(err, fs.ErrNotExist) {
			return "", err
		}
		if at == filepath.Dir(at) {
			return "", fmt.Errorf("the npm package %s is not installed for %s; run `npm ci` there", name, folder)
		}
	}
}
