// pulumi-language-nodejs is a language host: it lets the Pulumi engine start Node.js programs,
// policy packs and provider plugins.
//
// The protocol is LanguageRuntime in
// https://github.com/pulumi/pulumi/blob/v3.259.0/proto/pulumi/language.proto. Code generation,
// templates and debugging are left out: the engine asks for them only in commands such as
// `pulumi convert` and `pulumi new`, and gets the gRPC answer "unimplemented".
package main

import (
	"fmt"
	"os"
	"runtime"

	"github.com/pulumi/pulumi/sdk/v3/go/common/util/rpcutil"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/grpc"
)

func main() {
	// What engine and policy pack say passes through here, and nothing is computed with it. On one
	// processor it passes without waking another.
	runtime.GOMAXPROCS(1)
	engine, err := engineAddress(os.Args[1:])
	if err == nil {
		err = serve(engine)
	}
	if err != nil {
		fmt.Fprintf(os.Stderr, "pulumi-language-nodejs: %v\n", err)
		os.Exit(1)
	}
}

// engineAddress takes the engine's address, the last argument; the flags before it (-root and so
// on) repeat what every request says for itself.
func engineAddress(args []string) (string, error) {
	if len(args) == 0 {
		return "", fmt.Errorf("started without the engine's address; it is run by `pulumi`, not by hand")
	}
	return args[len(args)-1], nil
}

func serve(engine string) error {
	cancel := make(chan bool)
	handle, err := rpcutil.ServeWithOptions(rpcutil.ServeOptions{
		Cancel: cancel,
		Init: func(server *grpc.Server) error {
			pulumirpc.RegisterLanguageRuntimeServer(server, &host{engine: engine})
			return nil
		},
	})
	if err != nil {
		return err
	}
	fmt.Printf("%d\n", handle.Port)
	return <-handle.Done
}
