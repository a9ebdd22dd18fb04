// pulumi-language-nodejs is a language host: it starts Node.js programs, policy packs and providers
// for the Pulumi engine. The vendor's own is not published as a Go module. This one does what that one
// does; only code generation, templates and debugging are left out, so `pulumi convert` and `pulumi new`
// get the gRPC answer "unimplemented".
//
// Protocol: https://github.com/pulumi/pulumi/blob/v3.276.0/proto/pulumi/language.proto
package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3"
	"github.com/pulumi/pulumi/sdk/v3/go/common/util/rpcutil"
	"github.com/pulumi/pulumi/sdk/v3/go/common/version"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/grpc"
	"google.golang.org/protobuf/types/known/emptypb"
)

// exitReported is the exit code of cmd/run for an error that the user has already seen.
const exitReported = 32

type host struct {
	pulumirpc.UnimplementedLanguageRuntimeServer
	engine string
}

func main() {
	if len(os.Args) < 2 {
		fail(errors.New("the engine's address is missing; `pulumi` starts this program"))
	}
	// The address is the last argument. Flags before it repeat what each request contains.
	server := &host{engine: os.Args[len(os.Args)-1]}
	handle, err := rpcutil.ServeWithOptions(rpcutil.ServeOptions{
		Cancel: make(chan bool),
		Init: func(registrar *grpc.Server) error {
			pulumirpc.RegisterLanguageRuntimeServer(registrar, server)
			return nil
		},
	})
	if err != nil {
		fail(err)
	}
	fmt.Println(handle.Port)
	if err := <-handle.Done; err != nil {
		fail(err)
	}
}

func fail(err error) {
	fmt.Fprintf(os.Stderr, "pulumi-language-nodejs: %v\n", err)
	os.Exit(1)
}

func (h *host) Handshake(
	_ context.Context, req *pulumirpc.LanguageHandshakeRequest,
) (*pulumirpc.LanguageHandshakeResponse, error) {
	if req.EngineAddress != "" {
		h.engine = req.EngineAddress
	}
	return &pulumirpc.LanguageHandshakeResponse{}, nil
}

func (h *host) GetPluginInfo(context.Context, *emptypb.Empty) (*pulumirpc.PluginInfo, error) {
	return &pulumirpc.PluginInfo{Version: version.Version}, nil
}

func (h *host) Cancel(context.Context, *emptypb.Empty) (*emptypb.Empty, error) {
	return &emptypb.Empty{}, nil
}

func (h *host) About(context.Context, *pulumirpc.AboutRequest) (*pulumirpc.AboutResponse, error) {
	node, err := exec.LookPath("node")
	if err != nil {
		return nil, err
	}
	output, err := exec.Command(node, "--version").Output()
	return &pulumirpc.AboutResponse{Executable: node, Version: strings.TrimSpace(string(output))}, err
}

func (h *host) GetRequiredPackages(
	_ context.Context, req *pulumirpc.GetRequiredPackagesRequest,
) (*pulumirpc.GetRequiredPackagesResponse, error) {
	response := &pulumirpc.GetRequiredPackagesResponse{}
	for _, found := range installedPackages(req.Info.ProgramDirectory) {
		if plugin := found.Pulumi; plugin.Resource {
			if plugin.Version == "" {
				plugin.Version = found.Version
			}
			response.Packages = append(response.Packages, &pulumirpc.PackageDependency{
				Name: plugin.Name, Kind: "resource", Version: "v" + plugin.Version, Server: plugin.Server,
			})
		}
	}
	return response, nil
}

func (h *host) GetProgramDependencies(
	_ context.Context, req *pulumirpc.GetProgramDependenciesRequest,
) (*pulumirpc.GetProgramDependenciesResponse, error) {
	program, err := readManifest(os.DirFS(req.Info.ProgramDirectory), "package.json")
	if err != nil {
		return nil, err
	}
	response := &pulumirpc.GetProgramDependenciesResponse{}
	for _, found := range installedPackages(req.Info.ProgramDirectory) {
		_, direct := program.Dependencies[found.Name]
		_, directDev := program.DevDependencies[found.Name]
		if direct || directDev || req.TransitiveDependencies {
			response.Dependencies = append(response.Dependencies,
				&pulumirpc.DependencyInfo{Name: found.Name, Version: found.Version})
		}
	}
	return response, nil
}

// InstallDependencies runs `npm ci` where there is a lockfile, otherwise `npm install`.
func (h *host) InstallDependencies(
	req *pulumirpc.InstallDependenciesRequest, stream pulumirpc.LanguageRuntime_InstallDependenciesServer,
) error {
	closer, stdout, stderr, err := rpcutil.MakeInstallDependenciesStreams(stream, req.IsTerminal)
	if err != nil {
		return err
	}
	defer closer.Close()
	verb := "install"
	if _, err := os.Stat(filepath.Join(req.Directory, "package-lock.json")); err == nil {
		verb = "ci"
	}
	cmd := exec.CommandContext(stream.Context(), "npm", verb)
	cmd.Dir, cmd.Stdout, cmd.Stderr = req.Directory, stdout, stderr
	return cmd.Run()
}

// Run starts the user's program and waits for it.
func (h *host) Run(ctx context.Context, req *pulumirpc.RunRequest) (*pulumirpc.RunResponse, error) {
	config, err := json.Marshal(req.Config)
	if err != nil {
		return nil, err
	}
	secretKeys, err := json.Marshal(req.ConfigSecretKeys)
	if err != nil {
		return nil, err
	}
	args := []string{
		"--monitor", req.MonitorAddress, "--engine", h.engine,
		"--project", req.Project, "--stack", req.Stack, "--organization", req.Organization,
		"--pwd", req.Pwd, "--root-directory", req.Info.RootDirectory,
		"--parallel", fmt.Sprint(req.Parallel),
	}
	if req.DryRun {
		args = append(args, "--dry-run")
	}
	args = append(append(args, req.Info.EntryPoint), req.Args...)
	cmd, err := node(ctx, req.Info, "run", nodeFlags(req.Info), args)
	if err != nil {
		return nil, err
	}
	cmd.Dir, cmd.Stdout, cmd.Stderr = req.Pwd, os.Stdout, os.Stderr
	cmd.Env = append(os.Environ(),
		"PULUMI_CONFIG="+string(config), "PULUMI_CONFIG_SECRET_KEYS="+string(secretKeys))
	err = cmd.Run()
	var exit *exec.ExitError
	switch {
	case err == nil:
		return &pulumirpc.RunResponse{}, nil
	case errors.As(err, &exit) && exit.ExitCode() == exitReported:
		return &pulumirpc.RunResponse{Bail: true}, nil
	default:
		return &pulumirpc.RunResponse{Error: fmt.Sprintf("the program ended unexpectedly: %v", err)}, nil
	}
}

// RunPlugin starts a policy pack or a provider from its sources.
func (h *host) RunPlugin(
	req *pulumirpc.RunPluginRequest, stream pulumirpc.LanguageRuntime_RunPluginServer,
) error {
	closer, stdout, stderr, err := rpcutil.MakeRunPluginStreams(stream, false)
	if err != nil {
		return err
	}
	defer closer.Close()
	ctx, folder := stream.Context(), req.Info.ProgramDirectory
	if req.Kind != "analyzer" {
		args := append(append(nodeFlags(req.Info), folder), req.Args...)
		cmd, err := node(ctx, req.Info, "run-plugin", nil, args)
		if err != nil {
			return err
		}
		cmd.Dir, cmd.Env, cmd.Stdout, cmd.Stderr = req.Pwd, req.Env, stdout, stderr
		return sendExitCode(stream, cmd.Run())
	}

	// The SDK's proxy receives the stack's configuration first; a pack reads it from its environment.
	proxy, packStdout, err := sdk.NewPolicyProxy(ctx, stdout)
	if err != nil {
		return err
	}
	stack, err := proxy.AwaitConfiguration(ctx)
	if err != nil {
		return err
	}
	cmd, err := node(ctx, req.Info, "run-policy-pack", nil, []string{h.engine, folder})
	if err == nil {
		cmd.Dir, cmd.Env, cmd.Stdout, cmd.Stderr = req.Pwd, req.Env, packStdout, stderr
		if stack != nil {
			config, _ := json.Marshal(stack.Config) // a map of strings: never fails
			cmd.Env = append(cmd.Env, "PULUMI_CONFIG="+string(config),
				"PULUMI_NODEJS_ORGANIZATION="+stack.Organization, "PULUMI_NODEJS_PROJECT="+stack.Project,
				"PULUMI_NODEJS_STACK="+stack.Stack, fmt.Sprintf("PULUMI_NODEJS_DRY_RUN=%t", stack.DryRun))
		}
		err = cmd.Start()
	}
	if err != nil {
		proxy.Abort(err)
		return err
	}
	return sendExitCode(stream, proxy.Attach(ctx, cmd))
}

func sendExitCode(stream pulumirpc.LanguageRuntime_RunPluginServer, err error) error {
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		return err
	}
	code := &pulumirpc.RunPluginResponse_Exitcode{}
	if exit != nil {
		code.Exitcode = int32(exit.ExitCode())
	}
	return stream.Send(&pulumirpc.RunPluginResponse{Output: code})
}

// node runs a script of the SDK that is installed for the program.
func node(
	ctx context.Context, program *pulumirpc.ProgramInfo, script string, flags, args []string,
) (*exec.Cmd, error) {
	for at := program.ProgramDirectory; ; at = filepath.Dir(at) {
		path := filepath.Join(at, "node_modules", "@pulumi", "pulumi", "cmd", script)
		if _, err := os.Stat(path); err == nil {
			return exec.CommandContext(ctx, "node", append(append(flags, path), args...)...), nil
		}
		if at == filepath.Dir(at) {
			return nil, fmt.Errorf("@pulumi/pulumi is not installed for %s; run `npm ci` there", program.ProgramDirectory)
		}
	}
}

// nodeFlags come from `runtime.options.nodeargs` of Pulumi.yaml.
func nodeFlags(program *pulumirpc.ProgramInfo) []string {
	value, _ := program.GetOptions().AsMap()["nodeargs"].(string)
	return strings.Fields(value)
}

// manifest is the part of package.json that a language host needs.
type manifest struct {
	Name            string            `json:"name"`
	Version         string            `json:"version"`
	Dependencies    map[string]string `json:"dependencies"`
	DevDependencies map[string]string `json:"devDependencies"`
	Pulumi          struct {
		Resource bool   `json:"resource"`
		Name     string `json:"name"`
		Version  string `json:"version"`
		Server   string `json:"server"`
	} `json:"pulumi"`
}

// installedPackages lists what a program in folder can import; the nearest of each name counts.
func installedPackages(folder string) []manifest {
	var found []manifest
	seen := map[string]bool{}
	for at := folder; ; at = filepath.Dir(at) {
		root := os.DirFS(at)
		plain, _ := fs.Glob(root, "node_modules/*/package.json")
		scoped, _ := fs.Glob(root, "node_modules/@*/*/package.json")
		for _, path := range append(scoped, plain...) {
			if read, err := readManifest(root, path); err == nil && !seen[read.Name] {
				seen[read.Name] = true
				found = append(found, read)
			}
		}
		if at == filepath.Dir(at) {
			return found
		}
	}
}

func readManifest(root fs.FS, path string) (read manifest, err error) {
	text, err := fs.ReadFile(root, path)
	if err == nil {
		err = json.Unmarshal(text, &read)
	}
	return read, err
}
