package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"

	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/protobuf/types/known/emptypb"
)

// exitReported is the code with which cmd/run says that the user has already seen the error.
const exitReported = 32

type host struct {
	pulumirpc.UnimplementedLanguageRuntimeServer
	engine string
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
	return &pulumirpc.PluginInfo{Version: "3.259.0"}, nil
}

func (h *host) Cancel(context.Context, *emptypb.Empty) (*emptypb.Empty, error) {
	return &emptypb.Empty{}, nil
}

func (h *host) About(context.Context, *pulumirpc.AboutRequest) (*pulumirpc.AboutResponse, error) {
	node, err := exec.LookPath("node")
	if err != nil {
		return nil, errors.New("node is not on PATH; install Node.js 22.18 or newer")
	}
	version, err := exec.Command(node, "--version").Output()
	if err != nil {
		return nil, fmt.Errorf("%s --version: %w", node, err)
	}
	return &pulumirpc.AboutResponse{Executable: node, Version: strings.TrimSpace(string(version))}, nil
}

// Run starts the user's program under @pulumi/pulumi/cmd/run and waits for it.
func (h *host) Run(ctx context.Context, req *pulumirpc.RunRequest) (*pulumirpc.RunResponse, error) {
	sdk, err := findPackage(req.Info.ProgramDirectory, "@pulumi/pulumi")
	if err != nil {
		return nil, err
	}
	config, err := json.Marshal(req.Config)
	if err != nil {
		return nil, err
	}
	secretKeys, err := json.Marshal(req.ConfigSecretKeys)
	if err != nil {
		return nil, err
	}
	args := append(nodeArgs(req.Info), filepath.Join(sdk, "cmd", "run"),
		"--monitor", req.MonitorAddress, "--engine", h.engine,
		"--project", req.Project, "--stack", req.Stack, "--organization", req.Organization,
		"--pwd", req.Pwd, "--root-directory", req.Info.RootDirectory,
		"--parallel", strconv.Itoa(int(req.Parallel)))
	if req.QueryMode {
		args = append(args, "--query-mode")
	}
	if req.DryRun {
		args = append(args, "--dry-run")
	}
	args = append(args, req.Info.EntryPoint)
	args = append(args, req.Args...)

	cmd := exec.CommandContext(ctx, "node", args...)
	cmd.Dir = req.Pwd
	cmd.Stdout, cmd.Stderr = os.Stdout, os.Stderr
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

// InstallDependencies runs `npm ci` where there is a lockfile, else `npm install`.
func (h *host) InstallDependencies(
	req *pulumirpc.InstallDependenciesRequest, stream pulumirpc.LanguageRuntime_InstallDependenciesServer,
) error {
	verb := "install"
	if _, err := os.Stat(filepath.Join(req.Directory, "package-lock.json")); err == nil {
		verb = "ci"
	}
	return runInstall(stream, req, exec.CommandContext(stream.Context(), "npm", verb))
}

// nodeArgs are the flags for node itself, from `runtime.options.nodeargs` of Pulumi.yaml.
func nodeArgs(info *pulumirpc.ProgramInfo) []string {
	if value, ok := info.GetOptions().AsMap()["nodeargs"].(string); ok {
		return strings.Fields(value)
	}
	return nil
}
