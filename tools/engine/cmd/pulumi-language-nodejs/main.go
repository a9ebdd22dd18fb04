// pulumi-language-nodejs is a language host: it starts Node.js programs, policy packs and providers
// for the Pulumi engine. The vendor's own is not published as a Go module. This one does the same, without
// code generation, templates and debugging: `pulumi convert` and `pulumi new` get "unimplemented".
//
// Protocol: https://github.com/pulumi/pulumi/blob/v3.276.0/proto/pulumi/language.proto
package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/pulumi/pulumi/sdk/v3"
	"github.com/pulumi/pulumi/sdk/v3/go/common/util/rpcutil"
	"github.com/pulumi/pulumi/sdk/v3/go/common/version"
	"github.com/pulumi/pulumi/sdk/v3/nodejs/npm"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/grpc"
	"google.golang.org/protobuf/types/known/emptypb"
)

// exitReported is the exit code of a program for an error that the user has already seen.
const exitReported = 32

type host struct {
	pulumirpc.UnimplementedLanguageRuntimeServer
	engine  string
	watched sync.Once
	// The end of it interrupts the program that runs.
	running context.Context
	cancel  context.CancelFunc
	// The processes that were started here.
	children sync.WaitGroup
}

func main() {
	server := &host{engine: os.Args[len(os.Args)-1]}
	server.running, server.cancel = context.WithCancel(context.Background())
	server.watch()
	handle, err := rpcutil.ServeWithOptions(rpcutil.ServeOptions{
		Init: func(registrar *grpc.Server) error {
			pulumirpc.RegisterLanguageRuntimeServer(registrar, server)
			return nil
		},
	})
	if err == nil {
		fmt.Println(handle.Port)
		err = <-handle.Done
	}
	if err != nil {
		fmt.Fprintf(os.Stderr, "pulumi-language-nodejs: %v\n", err)
		os.Exit(1)
	}
}

func (h *host) Handshake(
	_ context.Context, req *pulumirpc.LanguageHandshakeRequest,
) (*pulumirpc.LanguageHandshakeResponse, error) {
	h.engine = req.EngineAddress
	h.watch()
	return &pulumirpc.LanguageHandshakeResponse{}, nil
}

// watch ends this process and what it started when the engine is gone: a killed one stops nothing.
func (h *host) watch() {
	if _, _, err := net.SplitHostPort(h.engine); err != nil {
		return
	}
	h.watched.Do(func() {
		_ = rpcutil.Healthcheck(context.Background(), h.engine, 2*time.Second, func() {
			h.cancel()
			h.children.Wait()
			os.Exit(1)
		})
	})
}

func (h *host) Cancel(context.Context, *emptypb.Empty) (*emptypb.Empty, error) {
	h.cancel()
	return &emptypb.Empty{}, nil
}

func (h *host) GetPluginInfo(context.Context, *emptypb.Empty) (*pulumirpc.PluginInfo, error) {
	return &pulumirpc.PluginInfo{Version: version.Version}, nil
}

func (h *host) About(context.Context, *pulumirpc.AboutRequest) (*pulumirpc.AboutResponse, error) {
	node, err := exec.LookPath("node")
	if err != nil {
		return nil, err
	}
	output, err := exec.Command(node, "--version").Output()
	return &pulumirpc.AboutResponse{Executable: node, Version: strings.TrimSpace(string(output))}, err
}

// GetRequiredPackages lists the npm packages with a plugin that a program can import.
func (h *host) GetRequiredPackages(
	_ context.Context, req *pulumirpc.GetRequiredPackagesRequest,
) (*pulumirpc.GetRequiredPackagesResponse, error) {
	response := &pulumirpc.GetRequiredPackagesResponse{}
	seen := map[string]bool{}
	for at := req.Info.ProgramDirectory; ; at = filepath.Dir(at) {
		folder := os.DirFS(at)
		plain, _ := fs.Glob(folder, "node_modules/*/package.json")
		scoped, _ := fs.Glob(folder, "node_modules/@*/*/package.json")
		for _, path := range append(scoped, plain...) {
			var read struct {
				Version string
				Pulumi  struct {
					Resource              bool
					Name, Version, Server string
				}
			}
			text, _ := fs.ReadFile(folder, path)
			if json.Unmarshal(text, &read) != nil || !read.Pulumi.Resource || seen[read.Pulumi.Name] {
				continue
			}
			seen[read.Pulumi.Name] = true
			found := &pulumirpc.PackageDependency{
				Name: read.Pulumi.Name, Kind: "resource", Version: "v" + read.Version, Server: read.Pulumi.Server,
			}
			if read.Pulumi.Version != "" {
				found.Version = "v" + read.Pulumi.Version
			}
			response.Packages = append(response.Packages, found)
		}
		if at == filepath.Dir(at) {
			return response, nil
		}
	}
}

func (h *host) GetProgramDependencies(
	ctx context.Context, req *pulumirpc.GetProgramDependenciesRequest,
) (*pulumirpc.GetProgramDependenciesResponse, error) {
	manager, err := npm.ResolvePackageManager(npm.AutoPackageManager, req.Info.ProgramDirectory)
	if err != nil {
		return nil, err
	}
	packages, err := manager.ListPackages(ctx, req.Info.ProgramDirectory, req.TransitiveDependencies)
	response := &pulumirpc.GetProgramDependenciesResponse{}
	for _, found := range packages {
		response.Dependencies = append(response.Dependencies,
			&pulumirpc.DependencyInfo{Name: found.Name, Version: found.Version})
	}
	return response, err
}

func (h *host) InstallDependencies(
	req *pulumirpc.InstallDependenciesRequest, stream pulumirpc.LanguageRuntime_InstallDependenciesServer,
) error {
	closer, stdout, stderr, err := rpcutil.MakeInstallDependenciesStreams(stream, req.IsTerminal)
	if err != nil {
		return err
	}
	defer closer.Close()
	_, err = npm.Install(
		stream.Context(), npm.AutoPackageManager, req.Info.ProgramDirectory, false, stdout, stderr)
	return err
}

// Run starts the user's program and waits for it.
func (h *host) Run(_ context.Context, req *pulumirpc.RunRequest) (*pulumirpc.RunResponse, error) {
	config, secretKeys := asJSON(req.Config), asJSON(req.ConfigSecretKeys)
	script, err := scriptOfSdk("run", req.Info)
	if err != nil {
		return nil, err
	}
	args := append(nodeFlags(req.Info), script,
		"--monitor", req.MonitorAddress, "--engine", h.engine,
		"--project", req.Project, "--stack", req.Stack, "--organization", req.Organization,
		"--pwd", req.Info.ProgramDirectory, "--root-directory", req.Info.RootDirectory,
		"--parallel", fmt.Sprint(req.Parallel))
	if req.DryRun {
		args = append(args, "--dry-run")
	}
	args = append(append(args, req.Info.EntryPoint), req.Args...)
	cmd := exec.CommandContext(h.running, "node", args...)
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
	cmd.WaitDelay = 5 * time.Second
	cmd.Stdout, cmd.Stderr = os.Stdout, os.Stderr
	cmd.Env = append(os.Environ(),
		"PULUMI_CONFIG="+config, "PULUMI_CONFIG_SECRET_KEYS="+secretKeys)
	if typescript, isSet := req.Info.GetOptions().AsMap()["typescript"].(bool); typescript || !isSet {
		cmd.Env = append(cmd.Env, "PULUMI_NODEJS_TYPESCRIPT=true")
	}
	h.children.Add(1)
	defer h.children.Done()
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
		script, err := scriptOfSdk("run-plugin", req.Info)
		if err != nil {
			return err
		}
		args := append(append([]string{script}, nodeFlags(req.Info)...), folder)
		cmd := exec.CommandContext(ctx, "node", append(args, req.Args...)...)
		cmd.Dir, cmd.Env, cmd.Stdout, cmd.Stderr = req.Pwd, req.Env, stdout, stderr
		return cmd.Run()
	}

	script, err := scriptOfSdk("run-policy-pack", req.Info)
	if err != nil {
		return err
	}
	// The SDK's proxy receives the stack's configuration first; a pack reads it from its environment.
	proxy, stdout, err := sdk.NewPolicyProxy(ctx, stdout)
	if err != nil {
		return err
	}
	stack, err := proxy.AwaitConfiguration(ctx)
	if err != nil {
		return err
	}
	args := append(append([]string{script}, nodeFlags(req.Info)...), req.Args...)
	cmd := exec.CommandContext(ctx, "node", append(args, folder)...)
	cmd.Dir, cmd.Env, cmd.Stdout, cmd.Stderr = folder, req.Env, stdout, stderr
	if stack != nil {
		cmd.Env = append(cmd.Env, "PULUMI_CONFIG="+asJSON(stack.Config),
			"PULUMI_NODEJS_ORGANIZATION="+stack.Organization, "PULUMI_NODEJS_PROJECT="+stack.Project,
			"PULUMI_NODEJS_STACK="+stack.Stack, fmt.Sprintf("PULUMI_NODEJS_DRY_RUN=%t", stack.DryRun))
	}
	if err := cmd.Start(); err != nil {
		proxy.Abort(err)
		return err
	}
	return proxy.Attach(ctx, cmd)
}

// asJSON writes what the SDK reads from its environment; of a stack without configuration, an empty map or list.
func asJSON[T map[string]string | []string](value T) string {
	text, _ := json.Marshal(value) // texts only: never fails
	if string(text) != "null" {
		return string(text)
	}
	if _, isMap := any(value).(map[string]string); isMap {
		return "{}"
	}
	return "[]"
}

// scriptOfSdk finds a script of the SDK that is installed for the program.
func scriptOfSdk(name string, program *pulumirpc.ProgramInfo) (string, error) {
	for at := program.ProgramDirectory; ; at = filepath.Dir(at) {
		script := filepath.Join(at, "node_modules/@pulumi/pulumi/cmd", name)
		if _, err := os.Stat(script); err == nil {
			return script, nil
		}
		if at == filepath.Dir(at) {
			return "", fmt.Errorf(
				"the npm package @pulumi/pulumi is not installed for %s; run `npm ci` there", program.ProgramDirectory)
		}
	}
}

// nodeFlags come from `runtime.options.nodeargs` of Pulumi.yaml.
func nodeFlags(program *pulumirpc.ProgramInfo) []string {
	value, _ := program.GetOptions().AsMap()["nodeargs"].(string)
	return strings.Fields(value)
}
