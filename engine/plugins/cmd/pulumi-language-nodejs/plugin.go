package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"

	"github.com/pulumi/pulumi/sdk/v3"
	"github.com/pulumi/pulumi/sdk/v3/go/common/util/rpcutil"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/protobuf/types/known/emptypb"
)

// RunPlugin starts a policy pack (kind "analyzer") or a provider written for Node.js from source.
func (h *host) RunPlugin(
	req *pulumirpc.RunPluginRequest, stream pulumirpc.LanguageRuntime_RunPluginServer,
) error {
	closer, stdout, stderr, err := rpcutil.MakeRunPluginStreams(stream, false)
	if err != nil {
		return err
	}
	defer closer.Close()

	sdkFolder, err := findPackage(req.Info.ProgramDirectory, "@pulumi/pulumi")
	if err != nil {
		return err
	}
	if req.Kind == "analyzer" {
		return h.runPolicyPack(req, stream, sdkFolder, stdout, stderr)
	}
	args := append([]string{filepath.Join(sdkFolder, "cmd", "run-plugin")}, nodeArgs(req.Info)...)
	args = append(args, req.Info.ProgramDirectory)
	cmd := exec.CommandContext(stream.Context(), "node", append(args, req.Args...)...)
	cmd.Dir, cmd.Env = req.Pwd, req.Env
	cmd.Stdout, cmd.Stderr = stdout, stderr
	return sendExitCode(stream, cmd.Run())
}

// runPolicyPack starts the pack behind the SDK's proxy, which waits for the stack's configuration
// and hands it to the pack in the variables that @pulumi/policy reads. From then on the proxy would
// only read each message to write it again, two for each resource: once the pack answers, it ends, and
// the engine's client connects anew, without a word lost, to the pack itself.
// https://grpc.io/docs/guides/server-graceful-stop/
func (h *host) runPolicyPack(
	req *pulumirpc.RunPluginRequest, stream pulumirpc.LanguageRuntime_RunPluginServer,
	sdkFolder string, stdout, stderr io.Writer,
) error {
	ctx := stream.Context()
	relay, err := startRelay()
	if err != nil {
		return err
	}
	defer relay.Close()
	proxying, endProxy := context.WithCancel(ctx)
	defer endProxy()
	proxy, packStdout, err := sdk.NewPolicyProxy(proxying, &portLine{to: stdout, onPort: func(port int) int {
		relay.pointAt(port)
		return relay.port()
	}})
	if err != nil {
		return err
	}
	configuration, err := proxy.AwaitConfiguration(ctx)
	if err != nil {
		return err
	}
	environment, err := policyEnvironment(configuration)
	if err != nil {
		return err
	}
	cmd := exec.CommandContext(ctx, "node",
		filepath.Join(sdkFolder, "cmd", "run-policy-pack"), h.engine, req.Info.ProgramDirectory)
	cmd.Dir, cmd.Env = req.Pwd, append(req.Env, environment...)
	cmd.Stdout = &portLine{to: packStdout, onPort: func(port int) int {
		go func() {
			// Answered through the proxy, so when that has configured the pack.
			if _, err := proxy.GetPluginInfo(ctx, &emptypb.Empty{}); err == nil {
				relay.pointAt(port)
				endProxy()
			}
		}()
		return port
	}}
	cmd.Stderr = stderr
	if err := cmd.Start(); err != nil {
		return err
	}
	return sendExitCode(stream, proxy.Attach(ctx, cmd))
}

func policyEnvironment(configuration *pulumirpc.AnalyzerStackConfigureRequest) ([]string, error) {
	if configuration == nil {
		return nil, nil
	}
	config, err := json.Marshal(configuration.Config)
	if err != nil {
		return nil, err
	}
	return []string{
		"PULUMI_CONFIG=" + string(config),
		"PULUMI_NODEJS_PROJECT=" + configuration.Project,
		"PULUMI_NODEJS_STACK=" + configuration.Stack,
		"PULUMI_NODEJS_ORGANIZATION=" + configuration.Organization,
		fmt.Sprintf("PULUMI_NODEJS_DRY_RUN=%t", configuration.DryRun),
	}, nil
}

func sendExitCode(stream pulumirpc.LanguageRuntime_RunPluginServer, err error) error {
	var exit *exec.ExitError
	code := 0
	switch {
	case err == nil:
	case errors.As(err, &exit):
		code = exit.ExitCode()
	case errors.Is(err, context.Canceled):
		return nil
	default:
		return err
	}
	return stream.Send(&pulumirpc.RunPluginResponse{
		Output: &pulumirpc.RunPluginResponse_Exitcode{Exitcode: int32(code)},
	})
}

func runInstall(
	stream pulumirpc.LanguageRuntime_InstallDependenciesServer,
	req *pulumirpc.InstallDependenciesRequest, cmd *exec.Cmd,
) error {
	closer, stdout, stderr, err := rpcutil.MakeInstallDependenciesStreams(stream, req.IsTerminal)
	if err != nil {
		return err
	}
	defer closer.Close()
	cmd.Dir, cmd.Env = req.Directory, os.Environ()
	cmd.Stdout, cmd.Stderr = stdout, stderr
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("%v in %s: %w", cmd.Args, req.Directory, err)
	}
	return nil
}
